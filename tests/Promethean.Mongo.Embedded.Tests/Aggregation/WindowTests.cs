using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Aggregation;

/// <summary>Manual: "$setWindowFields" and the page of each window operator named in a case.</summary>
public sealed class WindowTests
{
    private const string Sales =
        "[{_id: 1, s: 'a', t: 1, q: 10}, {_id: 2, s: 'b', t: 1, q: 5}, {_id: 3, s: 'a', t: 3, q: 30}, {_id: 4, s: 'a', t: 2, q: 20}, {_id: 5, s: 'a', t: 3, q: null}]";

    [Theory]
    [InlineData("{$sum: '$q', window: {documents: ['unbounded', 'current']}}", "[10, 30, 60, 60]")]
    [InlineData("{$sum: '$q'}", "[60, 60, 60, 60]")]
    [InlineData("{$avg: '$q', window: {documents: [-1, 1]}}", "[15.0, 20.0, 25.0, 30.0]")]
    [InlineData("{$push: '$q', window: {documents: ['unbounded', 'current']}}", "[[10], [10, 20], [10, 20, 30], [10, 20, 30, null]]")]
    [InlineData("{$push: '$_id', window: {documents: [1, 'unbounded']}}", "[[4, 3, 5], [3, 5], [5], []]")]
    [InlineData("{$push: '$_id', window: {range: [-1, 0]}}", "[[1], [1, 4], [4, 3, 5], [4, 3, 5]]")]
    [InlineData("{$count: {}, window: {range: ['unbounded', 'current']}}", "[1, 2, 4, 4]")]
    [InlineData("{$rank: {}}", "[1, 2, 3, 3]")]
    [InlineData("{$denseRank: {}}", "[1, 2, 3, 3]")]
    [InlineData("{$documentNumber: {}}", "[1, 2, 3, 4]")]
    [InlineData("{$shift: {output: '$_id', by: 1}}", "[4, 3, 5, null]")]
    [InlineData("{$shift: {output: '$_id', by: -1, default: 'none'}}", "['none', 1, 4, 3]")]
    [InlineData("{$expMovingAvg: {input: '$q', N: 3}}", "[10.0, 15.0, 22.5, 22.5]")]
    [InlineData("{$locf: '$q'}", "[10, 20, 30, 30]")]
    [InlineData("{$derivative: {input: '$q'}, window: {documents: [-1, 0]}}", "[null, 10.0, 10.0, null]")]
    [InlineData("{$integral: {input: '$q'}, window: {documents: ['unbounded', 'current']}}", "[0.0, 15.0, 40.0, 40.0]")]
    [InlineData("{$covariancePop: ['$q', '$t']}", "[6.666666666666667, 6.666666666666667, 6.666666666666667, 6.666666666666667]")]
    [InlineData("{$maxN: {input: '$q', n: 2}}", "[[30, 20], [30, 20], [30, 20], [30, 20]]")]
    [InlineData("{$top: {output: '$_id', sortBy: {q: -1}}, window: {documents: ['unbounded', 'current']}}", "[1, 4, 3, 3]")]
    public void Computes(string field, string expected) =>
        new BsonArray(Run($"[{{$match: {{s: 'a'}}}}, {{$setWindowFields: {{partitionBy: '$s', sortBy: {{t: 1}}, output: {{v: {field}}}}}}}]").Select(document => document["v"]))
            .Exact().Should().Be(Json.Value(expected).AsBsonArray.Exact());

    [Fact]
    public void Ranks_have_gaps_after_ties_and_partitions_come_in_order()
    {
        var ranked = Run("[{$setWindowFields: {sortBy: {t: 1}, output: {'r.x': {$rank: {}}, d: {$denseRank: {}}}}}]");

        ranked.Select(document => (document["_id"].AsInt32, document["r"]["x"].AsInt32, document["d"].AsInt32))
            .Should().Equal((1, 1, 1), (2, 1, 1), (4, 3, 2), (3, 4, 3), (5, 4, 3));
        Run("[{$setWindowFields: {partitionBy: '$s', output: {n: {$sum: 1}}}}]").Select(document => document["_id"].AsInt32).Should().Equal(1, 3, 4, 5, 2);
    }

    [Fact]
    public void A_line_is_drawn_between_values_and_time_windows_have_units()
    {
        BsonDocument[] input = [.. Enumerable.Range(0, 4).Select(day => new BsonDocument { { "_id", day }, { "t", new DateTime(2026, 1, 1 + day, 0, 0, 0, DateTimeKind.Utc) }, { "v", day is 0 or 3 ? day * 2.0 : BsonNull.Value } })];

        var filled = Pipeline.Parse(Json.Value(
            "[{$setWindowFields: {sortBy: {t: 1}, output: {f: {$linearFill: '$v'}, n: {$sum: 1, window: {range: [-1, 0], unit: 'day'}}}}}]").AsBsonArray).Run(input, Context()).ToList();

        filled.Select(document => document["f"].AsDouble).Should().Equal(0.0, 2.0, 4.0, 6.0);
        filled.Select(document => document["n"].AsInt32).Should().Equal(1, 2, 2, 2);
    }

    [Theory]
    [InlineData("{$rank: {}}", null, 5371602)]
    [InlineData("{$rank: {}, window: {documents: [0, 1]}}", "t", 5371601)]
    [InlineData("{$sum: 1, window: {documents: [1, 0]}}", "t", 5339900)]
    [InlineData("{$sum: 1, window: {documents: [0, 1]}}", null, 5339901)]
    [InlineData("{$sum: 1, window: {range: [0, 1]}}", "s", 5429414)]
    [InlineData("{$foo: 1}", "t", 9)]
    [InlineData("{$sum: 1, $avg: 1}", "t", 9)]
    [InlineData("{$expMovingAvg: {input: 1}}", "t", 9)]
    public void What_MongoDB_refuses_is_refused_with_its_code(string field, string? sort, int code)
    {
        var by = sort is null ? string.Empty : $"sortBy: {{{sort}: 1}}, ";
        var run = () => Run($"[{{$setWindowFields: {{{by}output: {{v: {field}}}}}}}]");

        run.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }

    private static List<BsonDocument> Run(string stages) =>
        [.. Pipeline.Parse(Json.Value(stages).AsBsonArray).Run(Json.Value(Sales).AsBsonArray.Select(item => item.AsBsonDocument), Context())];

    private static PipelineContext Context() => new(Variables.None, _ => [], new Random(1));
}
