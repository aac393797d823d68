using System.Text.RegularExpressions;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>Remembers the last pattern compiled, as an expression evaluated for many documents mostly has one. Safe for any number of threads.</summary>
internal sealed class RegexMemo
{
    private Entry? _last;

    public Regex Compile(BsonRegularExpression pattern)
    {
        var last = _last;
        if (last is null || !last.Pattern.Equals(pattern)) _last = last = new Entry(pattern, MongoRegex.Compile(pattern));
        return last.Regex;
    }

    private sealed record Entry(BsonRegularExpression Pattern, Regex Regex);
}
