using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Manual: "Project Fields to Return from Query", "Projection Operators" ($, $elemMatch, $slice).</summary>
public sealed class ProjectionTests
{
    private const string Document = "{_id: 1, a: 1, b: {c: 2, d: 3}, e: [{f: 1, g: 2}, {f: 3}, 5], h: [1, 2, 3, 4]}";

    [Theory]
    [InlineData("{}", Document)]
    [InlineData("{a: 1}", "{_id: 1, a: 1}")]
    [InlineData("{a: true, _id: 0}", "{a: 1}")]
    [InlineData("{_id: 1}", "{_id: 1}")]
    [InlineData("{_id: 0, b: 0, e: 0, h: 0}", "{a: 1}")]
    [InlineData("{_id: 0}", "{a: 1, b: {c: 2, d: 3}, e: [{f: 1, g: 2}, {f: 3}, 5], h: [1, 2, 3, 4]}")]
    [InlineData("{'b.c': 1}", "{_id: 1, b: {c: 2}}")]
    [InlineData("{b: {c: 1}}", "{_id: 1, b: {c: 2}}")]
    [InlineData("{'a.x': 1}", "{_id: 1}")]
    [InlineData("{'e.f': 1}", "{_id: 1, e: [{f: 1}, {f: 3}]}")]
    [InlineData("{'e.f': 0, h: 0, b: 0}", "{_id: 1, a: 1, e: [{g: 2}, {}, 5]}")]
    [InlineData("{h: {$slice: 2}, e: 0, b: 0}", "{_id: 1, a: 1, h: [1, 2]}")]
    [InlineData("{h: {$slice: -1}, a: 1}", "{_id: 1, a: 1, h: [4]}")]
    [InlineData("{h: {$slice: [1, 2]}, a: 1}", "{_id: 1, a: 1, h: [2, 3]}")]
    [InlineData("{h: {$slice: [-3, 2]}, a: 1}", "{_id: 1, a: 1, h: [2, 3]}")]
    [InlineData("{h: {$elemMatch: {$gt: 2}}}", "{_id: 1, h: [3]}")]
    [InlineData("{e: {$elemMatch: {f: 3}}}", "{_id: 1, e: [{f: 3}]}")]
    [InlineData("{e: {$elemMatch: {f: 9}}}", "{_id: 1}")]
    [InlineData("{x: {$add: ['$a', 1]}, y: '$b.c', z: 'lit'}", "{_id: 1, x: 2, y: 2, z: 'lit'}")]
    [InlineData("{h: 1, a: 1}", "{_id: 1, a: 1, h: [1, 2, 3, 4]}")]
    public void Projects(string projection, string expected) =>
        Projection.Parse(BsonDocument.Parse(projection)).Apply(BsonDocument.Parse(Document)).Exact().Should().Be(BsonDocument.Parse(expected).Exact());

    [Fact]
    public void A_positional_dollar_returns_the_element_the_filter_found()
    {
        var document = BsonDocument.Parse(Document);
        DocumentFilter.Parse(BsonDocument.Parse("{'e.f': 3}")).Matches(document, out var position).Should().BeTrue();

        var result = Projection.Parse(BsonDocument.Parse("{'e.$': 1}")).Apply(document, position);

        result.Exact().Should().Be(BsonDocument.Parse("{_id: 1, e: [{f: 3}]}").Exact());
    }

    [Theory]
    [InlineData("{a: 1, b: 0}", 31254)]
    [InlineData("{a: 0, b: 1}", 31253)]
    [InlineData("{a: 1, 'a.b': 1}", 31250)]
    [InlineData("{a: {}}", 51270)]
    [InlineData("{a: {$foo: 1}}", 31325)]
    [InlineData("{a: {b: {$add: [1, {$foo: 1}]}}}", 168)]
    [InlineData("{a: 0, b: '$c'}", 31252)]
    [InlineData("{'e.$': 1, 'h.$': 1}", 31276)]
    [InlineData("{'b.e': {$elemMatch: {x: 1}}}", 31275)]
    public void A_malformed_projection_is_refused_with_MongoDBs_code(string projection, int code)
    {
        var parse = () => Projection.Parse(BsonDocument.Parse(projection));

        parse.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }
}
