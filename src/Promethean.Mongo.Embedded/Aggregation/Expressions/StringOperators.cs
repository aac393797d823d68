using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"String Expression Operators" in the manual: whole strings.</summary>
internal static class StringOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$concat", 0, int.MaxValue, Concat);
        table.Add("$toLower", value => Convert(value, "$toLower").ToLowerInvariant());
        table.Add("$toUpper", value => Convert(value, "$toUpper").ToUpperInvariant());
        table.Add("$strcasecmp", (x, y) =>
            Math.Sign(BsonOrder.CompareStrings(Convert(x, "$strcasecmp").ToUpperInvariant(), Convert(y, "$strcasecmp").ToUpperInvariant())));
        table.Add("$split", Split);
        table.Add("$replaceOne", (value, scope) => Replace("$replaceOne", value, scope, all: false));
        table.Add("$replaceAll", (value, scope) => Replace("$replaceAll", value, scope, all: true));
        table.AddNamed("$trim", ["input"], ["chars"], values => Trim(values, "$trim", start: true, end: true));
        table.AddNamed("$ltrim", ["input"], ["chars"], values => Trim(values, "$ltrim", start: true, end: false));
        table.AddNamed("$rtrim", ["input"], ["chars"], values => Trim(values, "$rtrim", start: false, end: true));
    }

    private static BsonValue? Concat(BsonValue?[] values)
    {
        var text = new StringBuilder();
        foreach (var value in values)
        {
            if (Operand.IsNullish(value)) return BsonNull.Value;
            if (value is not BsonString part) throw MongoCommandFailedException.Location(16702, $"$concat only supports strings, not {Operand.TypeOf(value)}");
            CheckLength("$concat", text.Length + (long)part.Value.Length);
            text.Append(part.Value);
        }

        return text.ToString();
    }

    // MongoDB's buffers end there, too.
    private static void CheckLength(string name, long length)
    {
        if (length > 64 * 1024 * 1024) throw new MongoCommandFailedException(MongoErrorCode.ExceededMemoryLimit, $"{name} would make a string of {length} characters, past the limit of 64 MB");
    }

    /// <summary>A value as the older string operators take it: null is empty, numbers and dates are printed.</summary>
    public static string Convert(BsonValue? value, string name) => value switch
    {
        null or BsonNull or BsonUndefined => string.Empty,
        BsonString text => text.Value,
        BsonSymbol symbol => symbol.Name,
        BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128 or BsonDateTime => Conversion.ToText(value),
        _ => throw MongoCommandFailedException.Location(16007, $"can't convert from BSON type {Operand.TypeOf(value)} to String ({name})"),
    };

    private static BsonValue? Split(BsonValue? value, BsonValue? separator)
    {
        if (Operand.IsNullish(value) || Operand.IsNullish(separator)) return BsonNull.Value;
        var text = Operand.String(value, "$split", 40085);
        var by = Operand.String(separator, "$split", 40086);
        if (by.Length == 0) throw MongoCommandFailedException.Location(40087, "$split requires a non-empty separator");
        return new BsonArray(text.Split(by));
    }

    private static FunctionExpression Replace(string name, BsonValue value, ParseScope scope, bool all)
    {
        var named = new NamedArguments(name, value, ["input", "find", "replacement"], []);
        return new FunctionExpression(
            [named.Parse("input", scope), named.Parse("find", scope), named.Parse("replacement", scope)],
            values =>
            {
                if (Array.Exists(values, Operand.IsNullish)) return BsonNull.Value;
                var text = Operand.String(values[0], name, 51746);
                var find = Operand.String(values[1], name, 51745);
                var replacement = Operand.String(values[2], name, 51744);
                if (find.Length == 0) return replacement + text;
                if (all && replacement.Length > find.Length) CheckLength(name, text.Length + (long)text.AsSpan().Count(find) * (replacement.Length - find.Length));
                if (all) return text.Replace(find, replacement, StringComparison.Ordinal);
                var at = text.IndexOf(find, StringComparison.Ordinal);
                return at < 0 ? text : string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(at + find.Length));
            });
    }

    private static BsonValue? Trim(BsonValue?[] values, string name, bool start, bool end)
    {
        if (Operand.IsNullish(values[0]) || values[1] is BsonNull or BsonUndefined) return BsonNull.Value;
        var text = Operand.String(values[0], name, 50699);
        var chars = values[1] is null ? null : Operand.String(values[1], name, 50700).EnumerateRunes().ToHashSet();
        var runes = text.EnumerateRunes().ToArray();
        var from = 0;
        var to = runes.Length;
        while (start && from < to && IsTrimmed(runes[from], chars)) from++;
        while (end && to > from && IsTrimmed(runes[to - 1], chars)) to--;
        return string.Concat(runes[from..to]);
    }

    private static bool IsTrimmed(Rune rune, HashSet<Rune>? chars) => chars?.Contains(rune) ?? (rune.Value == 0 || Rune.IsWhiteSpace(rune));
}
