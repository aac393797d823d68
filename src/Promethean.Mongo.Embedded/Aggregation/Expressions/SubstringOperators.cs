using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"String Expression Operators" in the manual: places and lengths, in code points (CP) or UTF-8 bytes.</summary>
internal static class SubstringOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$strLenCP", value => Operand.String(value, "$strLenCP", 34471).EnumerateRunes().Count());
        table.Add("$strLenBytes", value => Encoding.UTF8.GetByteCount(Operand.String(value, "$strLenBytes", 34473)));
        table.Add("$substrCP", 3, 3, SliceCodePoints);
        table.Add("$substrBytes", 3, 3, SliceBytes);
        table.Add("$substr", 3, 3, SliceBytes);
        table.Add("$indexOfCP", 2, 4, values => IndexOf(values, "$indexOfCP", codePoints: true));
        table.Add("$indexOfBytes", 2, 4, values => IndexOf(values, "$indexOfBytes", codePoints: false));
    }

    private static BsonValue? SliceCodePoints(BsonValue?[] values)
    {
        var runes = StringOperators.Convert(values[0], "$substrCP").EnumerateRunes().ToArray();
        var start = Operand.Int32(values[1], "$substrCP", 34450);
        var length = Operand.Int32(values[2], "$substrCP", 34452);
        if (start < 0) throw MongoCommandFailedException.Location(34451, "$substrCP: the starting index must be a non-negative integer");
        if (length < 0) throw MongoCommandFailedException.Location(34453, "$substrCP: length must be a non-negative integer");
        return start >= runes.Length ? string.Empty : string.Concat(runes.Skip(start).Take(length));
    }

    private static BsonValue? SliceBytes(BsonValue?[] values)
    {
        var bytes = Encoding.UTF8.GetBytes(StringOperators.Convert(values[0], "$substrBytes"));
        var start = Operand.Int32(values[1], "$substrBytes", 16034);
        var length = Operand.Int32(values[2], "$substrBytes", 16035);
        if (start < 0) throw MongoCommandFailedException.Location(50752, $"$substrBytes: starting index must be non-negative (got: {start})");
        if (start >= bytes.Length) return string.Empty;
        var end = length < 0 ? bytes.Length : (int)Math.Min((long)start + length, bytes.Length);
        if (IsContinuation(bytes, start)) throw MongoCommandFailedException.Location(28656, "$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.");
        if (IsContinuation(bytes, end)) throw MongoCommandFailedException.Location(28657, "$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.");
        return Encoding.UTF8.GetString(bytes, start, end - start);
    }

    private static bool IsContinuation(byte[] bytes, int at) => at < bytes.Length && (bytes[at] & 0xC0) == 0x80;

    private static BsonValue IndexOf(BsonValue?[] values, string name, bool codePoints)
    {
        if (Operand.IsNullish(values[0])) return BsonNull.Value;
        var text = Units(Operand.String(values[0], name, 40093), codePoints);
        var token = Units(Operand.String(values[1], name, 40094), codePoints);
        var start = values.Length > 2 ? Operand.Int32(values[2], name, 40096) : 0;
        var end = values.Length > 3 ? Operand.Int32(values[3], name, 40096) : text.Length;
        if (start < 0 || end < 0) throw MongoCommandFailedException.Location(40097, $"{name} requires nonnegative indexes");
        end = Math.Min(end, text.Length);
        var at = start > end ? -1 : text.AsSpan(start, end - start).IndexOf(token);
        return new BsonInt32(at < 0 ? -1 : start + at);
    }

    private static int[] Units(string text, bool codePoints) => codePoints
        ? [.. text.EnumerateRunes().Select(rune => rune.Value)]
        : [.. Encoding.UTF8.GetBytes(text).Select(unit => (int)unit)];
}
