using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>
/// Manual: "Query Documents", "Query an Array", "Query an Array of Embedded Documents", "Query for Null or Missing Fields",
/// "Query Predicates" and the page of each operator named in a case.
/// </summary>
public sealed class DocumentFilterTests
{
    [Theory]
    [InlineData("{}", "{a: 1}")]
    [InlineData("{a: 1}", "{a: 1.0}")]
    [InlineData("{a: 1}", "{a: NumberDecimal('1.00')}")]
    [InlineData("{a: 1}", "{a: [3, 1]}")]
    [InlineData("{a: [3, 1]}", "{a: [3, 1]}")]
    [InlineData("{a: [3, 1]}", "{a: [[3, 1], 5]}")]
    [InlineData("{a: {b: 1, c: 2}}", "{a: {b: 1, c: 2}}")]
    [InlineData("{a: null}", "{}")]
    [InlineData("{a: null}", "{a: null}")]
    [InlineData("{a: null}", "{a: [1, null]}")]
    [InlineData("{'a.b': null}", "{a: 5}")]
    [InlineData("{'a.b': null}", "{a: [{b: 1}, {c: 1}]}")]
    [InlineData("{'a.b': 1}", "{a: {b: 1}}")]
    [InlineData("{'a.b': 1}", "{a: [{b: 5}, {b: 1}]}")]
    [InlineData("{'a.b': 1}", "{a: [{b: [0, 1]}]}")]
    [InlineData("{'a.1.b': 1}", "{a: [{b: 5}, {b: 1}]}")]
    [InlineData("{'a.0': 3}", "{a: [3, 1]}")]
    [InlineData("{'a.0': 3}", "{a: {'0': 3}}")]
    [InlineData("{'a.0': 3}", "{a: [5, {'0': 3}]}")]
    [InlineData("{'a.0.1': 4}", "{a: [[3, 4]]}")]
    [InlineData("{a: /^b/}", "{a: 'bc'}")]
    [InlineData("{a: /^b/}", "{a: ['x', 'bc']}")]
    [InlineData("{a: /B/i}", "{a: 'abc'}")]
    [InlineData("{a: {$regex: 'B', $options: 'i'}}", "{a: 'abc'}")]
    [InlineData("{a: {$regex: '^b$', $options: 'm'}}", "{a: 'a\\nb'}")]
    [InlineData("{a: {$regex: '(?<=a)b'}}", "{a: 'ab'}")]
    [InlineData("{a: {$gt: 1, $lt: 3}}", "{a: 2}")]
    [InlineData("{a: {$gt: 5, $lt: 3}}", "{a: [1, 9]}")]
    [InlineData("{a: {$gte: null}}", "{}")]
    [InlineData("{a: {$gt: {$minKey: 1}}}", "{a: 'x'}")]
    [InlineData("{a: {$lte: NaN}}", "{a: NaN}")]
    [InlineData("{a: {$gt: NumberLong('9007199254740992')}}", "{a: NumberLong('9007199254740993')}")]
    [InlineData("{a: {$ne: 1}}", "{a: 2}")]
    [InlineData("{a: {$ne: 1}}", "{}")]
    [InlineData("{a: {$in: [1, null]}}", "{}")]
    [InlineData("{a: {$in: [1, /^b/]}}", "{a: 'b'}")]
    [InlineData("{a: {$in: [[1, 2]]}}", "{a: [1, 2]}")]
    [InlineData("{a: {$nin: [1, 2]}}", "{a: 3}")]
    [InlineData("{a: {$nin: [1, 2]}}", "{}")]
    [InlineData("{$and: [{a: 1}, {b: 2}]}", "{a: 1, b: 2}")]
    [InlineData("{$or: [{a: 1}, {b: 2}]}", "{b: 2}")]
    [InlineData("{$nor: [{a: 1}, {b: 2}]}", "{a: 2}")]
    [InlineData("{a: {$not: {$gt: 5}}}", "{a: 'x'}")]
    [InlineData("{a: {$not: {$gt: 5}}}", "{}")]
    [InlineData("{a: {$not: /x/}}", "{a: 'y'}")]
    [InlineData("{a: {$exists: true}}", "{a: null}")]
    [InlineData("{'a.b': {$exists: true}}", "{a: [{c: 1}, {b: 1}]}")]
    [InlineData("{a: {$exists: false}}", "{b: 1}")]
    [InlineData("{a: {$type: 'number'}}", "{a: NumberLong(1)}")]
    [InlineData("{a: {$type: ['string', 16]}}", "{a: 1}")]
    [InlineData("{a: {$type: 'array'}}", "{a: []}")]
    [InlineData("{a: {$type: 'string'}}", "{a: [1, 'x']}")]
    [InlineData("{a: {$elemMatch: {b: 1, c: 2}}}", "{a: [{b: 1, c: 3}, {b: 1, c: 2}]}")]
    [InlineData("{a: {$elemMatch: {$gt: 3, $lt: 7}}}", "{a: [1, 5, 9]}")]
    [InlineData("{a: {$elemMatch: {$elemMatch: {$eq: 2}}}}", "{a: [[1], [2]]}")]
    [InlineData("{a: {$elemMatch: {$or: [{b: 1}, {c: 1}]}}}", "{a: [{c: 1}]}")]
    [InlineData("{a: {$all: [1, 2]}}", "{a: [2, 3, 1]}")]
    [InlineData("{a: {$all: [5]}}", "{a: 5}")]
    [InlineData("{a: {$all: [[1, 2]]}}", "{a: [1, 2]}")]
    [InlineData("{a: {$all: [{$elemMatch: {b: 1}}, {$elemMatch: {b: 2}}]}}", "{a: [{b: 1}, {b: 2}]}")]
    [InlineData("{a: {$size: 2}}", "{a: [1, [2]]}")]
    [InlineData("{a: {$mod: [4, 1]}}", "{a: 9.9}")]
    [InlineData("{a: {$bitsAllSet: [1, 5]}}", "{a: 34}")]
    [InlineData("{a: {$bitsAllSet: 50}}", "{a: 54}")]
    [InlineData("{a: {$bitsAnyClear: [200]}}", "{a: 54}")]
    [InlineData("{a: {$bitsAllSet: [200]}}", "{a: -1}")]
    [InlineData("{a: {$bitsAllSet: BinData(0, 'MA==')}}", "{a: BinData(0, 'MA==')}")]
    [InlineData("{a: {$eq: 1, $comment: 'why'}, $comment: 'x'}", "{a: 1}")]
    [InlineData("{a: {$ref: 'c', $id: 1}}", "{a: {$ref: 'c', $id: 1}}")]
    public void Matches(string filter, string document) => Match(filter, document).Should().BeTrue();

    [Theory]
    [InlineData("{a: 1}", "{a: '1'}")]
    [InlineData("{a: {b: 1, c: 2}}", "{a: {c: 2, b: 1}}")]
    [InlineData("{a: {b: 1}}", "{a: {b: 1, c: 2}}")]
    [InlineData("{a: [1]}", "{a: [1, 2]}")]
    [InlineData("{a: null}", "{a: []}")]
    [InlineData("{'a.b': null}", "{a: []}")]
    [InlineData("{'a.b': null}", "{a: [1, 2]}")]
    [InlineData("{'a.0': 1}", "{a: [[1, 2]]}")]
    [InlineData("{'a.b': 1}", "{a: [[{b: 1}]]}")]
    [InlineData("{a: {$gt: 1}}", "{a: 'x'}")]
    [InlineData("{a: {$lt: 5}}", "{a: NaN}")]
    [InlineData("{a: {$lt: 5}}", "{}")]
    [InlineData("{a: {$gt: null}}", "{}")]
    [InlineData("{a: {$ne: 1}}", "{a: [0, 1]}")]
    [InlineData("{a: {$ne: null}}", "{}")]
    [InlineData("{a: {$nin: [1, null]}}", "{}")]
    [InlineData("{a: {$not: {$gt: 5}}}", "{a: [1, 9]}")]
    [InlineData("{a: {$elemMatch: {b: 1, c: 2}}}", "{a: [{b: 1}, {c: 2}]}")]
    [InlineData("{a: {$elemMatch: {$gt: 3, $lt: 7}}}", "{a: [1, 9]}")]
    [InlineData("{a: {$elemMatch: {$gt: 3}}}", "{a: 5}")]
    [InlineData("{a: {$elemMatch: {$ne: 1}}}", "{a: [1]}")]
    [InlineData("{a: {$all: []}}", "{a: []}")]
    [InlineData("{a: {$size: 1}}", "{a: [1, [2]]}")]
    [InlineData("{a: {$mod: [4, 1]}}", "{a: 'x'}")]
    [InlineData("{a: {$bitsAllSet: 50}}", "{a: 54.5}")]
    [InlineData("{a: {$regex: 'b'}}", "{a: 5}")]
    [InlineData("{a: {$eq: /b/}}", "{a: 'b'}")]
    [InlineData("{a: {$exists: false}}", "{a: null}")]
    [InlineData("{a: {$type: 'int'}}", "{a: 1.0}")]
    public void Does_not_match(string filter, string document) => Match(filter, document).Should().BeFalse();

    [Theory]
    [InlineData("{$foo: 1}", 2, "*unknown top level operator: $foo*")]
    [InlineData("{a: {$foo: 1}}", 2, "unknown operator: $foo")]
    [InlineData("{a: {$gt: 1, b: 2}}", 2, "unknown operator: b")]
    [InlineData("{$and: []}", 2, "*nonempty array*")]
    [InlineData("{$or: [1]}", 2, "*full objects*")]
    [InlineData("{a: {$in: 1}}", 2, "$in needs an array")]
    [InlineData("{a: {$in: [{$gt: 1}]}}", 2, "cannot nest $ under $in")]
    [InlineData("{a: {$not: 5}}", 2, "$not needs a regex or a document")]
    [InlineData("{a: {$ne: /x/}}", 2, "*regex as arg to $ne*")]
    [InlineData("{a: {$regex: '('}}", 51091, "Regular expression is invalid*")]
    [InlineData("{a: {$regex: 'x', $options: 'q'}}", 51108, "*options*")]
    [InlineData("{a: {$size: -1}}", 2, "*non-negative*")]
    [InlineData("{a: {$mod: [0, 1]}}", 2, "divisor cannot be 0")]
    [InlineData("{a: {$type: 'nothing'}}", 2, "Unknown type name alias: nothing")]
    [InlineData("{a: {$elemMatch: 1}}", 2, "$elemMatch needs an Object")]
    public void A_malformed_filter_is_refused_with_MongoDBs_code(string filter, int code, string message)
    {
        var parse = () => DocumentFilter.Parse(BsonDocument.Parse(filter));

        parse.Should().Throw<MongoCommandFailedException>().WithMessage(message).Which.Code.Should().Be(code);
    }

    [Theory]
    [InlineData("{a: 5}", "{a: [1, 5]}", 1)]
    [InlineData("{'a.b': 5}", "{a: [{b: 1}, {b: [0, 5]}]}", 1)]
    [InlineData("{'a.b.c': 5}", "{a: [{b: [{c: 1}, {c: 5}]}]}", 0)]
    [InlineData("{a: {$elemMatch: {b: 2}}}", "{a: [{b: 1}, {b: 1}, {b: 2}]}", 2)]
    [InlineData("{x: 1, a: {$gte: 5}}", "{x: 1, a: [1, 5]}", 1)]
    [InlineData("{$or: [{a: 9, b: 1}, {a: 5}]}", "{a: [5, 9], b: 2}", 0)]
    [InlineData("{x: 1}", "{x: 1, a: [1]}", null)]
    [InlineData("{a: {$ne: 7}}", "{a: [1]}", null)]
    public void The_place_of_the_matching_array_element_is_told(string filter, string document, int? expected)
    {
        DocumentFilter.Parse(BsonDocument.Parse(filter)).Matches(BsonDocument.Parse(document), out var position).Should().BeTrue();

        position.Should().Be(expected);
    }

    [Fact]
    public void A_filter_nested_too_deep_is_refused()
    {
        var filter = new BsonDocument("a", 1);
        for (var i = 0; i < 150; i++) filter = new BsonDocument("$and", new BsonArray { filter });

        var parse = () => DocumentFilter.Parse(filter);

        parse.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(15);
    }

    [Fact]
    public void A_pattern_that_would_run_for_ages_runs_in_linear_time_or_is_cut_off()
    {
        var text = new string('a', 40) + "!";

        Match(new BsonDocument("a", new BsonRegularExpression("^(a+)+$")), new BsonDocument("a", text)).Should().BeFalse();
        var backtracking = () => Match(new BsonDocument("a", new BsonRegularExpression("^(?=(a+)+$)a")), new BsonDocument("a", text));
        backtracking.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(51156);
    }

    [Fact]
    public void Matching_a_top_level_equality_allocates_nothing()
    {
        var filter = DocumentFilter.Parse(new BsonDocument("b", 7));
        var document = new BsonDocument { { "a", 1 }, { "b", 7L }, { "c", "x" } };
        filter.Matches(document).Should().BeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++) filter.Matches(document);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static bool Match(string filter, string document) => Match(BsonDocument.Parse(filter), BsonDocument.Parse(document));

    private static bool Match(BsonDocument filter, BsonDocument document) => DocumentFilter.Parse(filter).Matches(document);
}
