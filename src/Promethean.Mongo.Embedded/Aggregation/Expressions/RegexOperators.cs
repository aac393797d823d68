using System.Text.RegularExpressions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$regexMatch</c>, <c>$regexFind</c>, <c>$regexFindAll</c> ("String Expression Operators" in the manual).</summary>
internal static class RegexOperators
{
    private static readonly string[] Required = ["input", "regex"];
    private static readonly string[] Optional = ["options"];

    public static void AddTo(OperatorTable table)
    {
        Add(table, "$regexMatch", BsonBoolean.False, (regex, text) => BsonBoolean.Create(MongoRegex.IsMatch(regex, text)));
        Add(table, "$regexFind", BsonNull.Value, (regex, text) =>
            MongoRegex.Matches(regex, text, 1) is [var first, ..] ? Describe(text, first) : BsonNull.Value);
        Add(table, "$regexFindAll", new BsonArray(), (regex, text) =>
            new BsonArray(MongoRegex.Matches(regex, text, int.MaxValue).Select(match => Describe(text, match))));
    }

    private static void Add(OperatorTable table, string name, BsonValue nothing, Func<Regex, string, BsonValue> search) => table.Add(name, (value, scope) =>
    {
        var named = new NamedArguments(name, value, Required, Optional);
        var memo = new RegexMemo();
        return new FunctionExpression([named.Parse("input", scope), named.Parse("regex", scope), named.Parse("options", scope)], values =>
            Operand.IsNullish(values[0]) || Operand.IsNullish(values[1])
                ? nothing
                : search(memo.Compile(PatternOf(values, name)), Operand.String(values[0], name, 51104)));
    });

    private static BsonRegularExpression PatternOf(BsonValue?[] values, string name)
    {
        var options = Operand.IsNullish(values[2]) ? string.Empty : Operand.String(values[2], name, 51106);
        return values[1] switch
        {
            BsonString source => new BsonRegularExpression(source.Value, options),
            BsonRegularExpression { Options.Length: > 0 } when options.Length > 0 => throw MongoCommandFailedException.Location(
                51107, $"{name}: found regex option(s) specified in both 'regex' and 'option' fields"),
            BsonRegularExpression regex => options.Length > 0 ? new BsonRegularExpression(regex.Pattern, options) : regex,
            _ => throw MongoCommandFailedException.Location(51105, $"{name} needs 'regex' to be of type string or regex"),
        };
    }

    private static BsonDocument Describe(string text, Match match) => new()
    {
        { "match", match.Value },
        { "idx", text.AsSpan(0, match.Index).ToString().EnumerateRunes().Count() },
        { "captures", new BsonArray(match.Groups.Values.Skip(1).Select(group => group.Success ? (BsonValue)group.Value : BsonNull.Value)) },
    };
}
