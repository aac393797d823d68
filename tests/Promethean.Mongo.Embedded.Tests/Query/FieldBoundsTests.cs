using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Manual: "Multikey Index Bounds". Bounds may find too much but never lose a match.</summary>
public sealed class FieldBoundsTests
{
    private static readonly Gen<BsonValue> Value = Gen.Frequency((6, Gen.Int[0, 3].Select(i => (BsonValue)i)), (2, BsonValues.Scalar), (1, BsonValues.Any));

    private static readonly Gen<BsonValue> Operand = Gen.Frequency((8, Value.Where(IsPlain)), (1, BsonValues.Array(Gen.Int[0, 3].Select(i => (BsonValue)i))));

    private static readonly Gen<BsonValue> Field = Gen.Frequency(
        (3, Value),
        (2, BsonValues.Array(Value)),
        (1, Gen.Select(Value, Value).Select((b, c) => (BsonValue)new BsonDocument { { "b", b }, { "c", c } })),
        (2, BsonValues.Array(Gen.Frequency((3, Value.Select(b => (BsonValue)new BsonDocument("b", b))), (1, BsonValues.Array(Value)), (1, Value)))));

    private static readonly Gen<BsonDocument> Document = Gen.Select(Gen.Bool, Field).Select((has, a) => has ? new BsonDocument("a", a) : new BsonDocument("z", 1));

    private static readonly Gen<BsonValue> Condition = Gen.OneOf(
        Operand,
        Gen.Select(Gen.OneOf("$gt", "$gte", "$lt", "$lte", "$eq", "$ne"), Operand).Select((name, value) => (BsonValue)new BsonDocument(name, value)),
        Operand.Array[0, 3].Select(values => (BsonValue)new BsonDocument("$in", new BsonArray(values))),
        Operand.Array[0, 2].Select(values => (BsonValue)new BsonDocument("$all", new BsonArray(values))),
        Gen.Select(Operand, Operand).Select((low, high) => (BsonValue)new BsonDocument("$elemMatch", new BsonDocument { { "$gte", low }, { "$lte", high } })),
        Operand.Select(value => (BsonValue)new BsonDocument("$elemMatch", new BsonDocument("b", value))),
        Gen.OneOf("^a", "^aa?", "^a|b", "a").Select(pattern => (BsonValue)new BsonRegularExpression(pattern)));

    private static readonly Gen<BsonDocument> Filter = Gen.Select(Gen.OneOf("a", "a.b", "a.c", "a.0", "z"), Condition)
        .Select((path, condition) => new BsonDocument(path, condition));

    [Fact]
    public void Every_matching_document_has_a_key_within_the_bounds_of_each_condition() =>
        Gen.Select(Filter, Document).Sample(
            (filter, document) =>
            {
                var parsed = DocumentFilter.Parse(filter);
                return !parsed.Matches(document) || parsed.Bounds.All(bounds => HasKeyWithin(document, bounds));
            },
            iter: 50_000,
            print: pair => $"{pair.Item1.ToJson()} on {pair.Item2.ToJson()}");

    [Theory]
    [InlineData("{a: 5}", "a: [5, 5]")]
    [InlineData("{a: {$gt: 5}}", "a: (5, Infinity]")]
    [InlineData("{a: {$gte: 'x'}}", "a: [x, { })")]
    [InlineData("{a: {$in: [3, 1, 3]}}", "a: [1, 1] [3, 3]")]
    [InlineData("{a: null}", "a: [BsonNull, BsonNull]")]
    [InlineData("{a: [7, 8]}", "a: [7, 7] [[7, 8], [7, 8]]")]
    [InlineData("{a: {$elemMatch: {$gt: 1, $lt: 5}}}", "a: (1, 5)")]
    [InlineData("{a: {$elemMatch: {b: 2}}}", "a.b: [2, 2]")]
    [InlineData("{a: /^ab/}", "a: [ab, ac) [/^ab/, /^ab/]")]
    [InlineData("{a: /^abc?/}", "a: [ab, ac) [/^abc?/, /^abc?/]")]
    [InlineData("{a: /^ab|c/}", "")]
    [InlineData("{a: /^ab/i}", "")]
    [InlineData("{a: {$gt: 1}, b: 2}", "a: (1, Infinity]; b: [2, 2]")]
    [InlineData("{$and: [{a: 1}, {b: 2}]}", "a: [1, 1]; b: [2, 2]")]
    [InlineData("{$or: [{a: 1}, {a: 2}]}", "")]
    [InlineData("{a: {$ne: 1}}", "")]
    [InlineData("{a: {$not: {$gt: 1}}}", "")]
    [InlineData("{a: {$exists: true}}", "")]
    [InlineData("{'a.0': 1}", "")]
    public void Bounds_are_as_tight_as_is_safe(string filter, string expected) =>
        string.Join("; ", DocumentFilter.Parse(BsonDocument.Parse(filter)).Bounds.Select(Print)).Should().Be(expected);

    [Fact]
    public void Two_ranges_intersect_where_a_document_has_one_key()
    {
        var bounds = DocumentFilter.Parse(BsonDocument.Parse("{a: {$gt: 1, $lte: 5}}")).Bounds;

        Print(bounds[0].Intersect(bounds[1])).Should().Be("a: (1, 5]");
    }

    private static bool IsPlain(BsonValue value) =>
        value is not (BsonRegularExpression or BsonUndefined or BsonArray or BsonDocument { ElementCount: > 0 });

    private static bool HasKeyWithin(BsonDocument document, FieldBounds bounds)
    {
        var keys = new List<BsonValue[]>();
        IndexKeys.Extract(document, [bounds.Path], keys);
        return keys.Exists(key => bounds.Intervals.Any(interval => interval.Contains(key[0])));
    }

    private static string Print(FieldBounds bounds) => $"{bounds.Path}: {string.Join(' ', bounds.Intervals.Select(Print))}";

    private static string Print(BoundsInterval interval) =>
        $"{(interval.LowInclusive ? '[' : '(')}{interval.Low}, {interval.High}{(interval.HighInclusive ? ']' : ')')}";
}
