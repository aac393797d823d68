using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>Manual: "Multikey Indexes", "Sparse Indexes" (missing fields), "Compound Indexes".</summary>
public sealed class IndexKeysTests
{
    [Theory]
    [InlineData("a", "{a: 1}", "[[1]]", false)]
    [InlineData("a", "{}", "[[null]]", false)]
    [InlineData("a", "{a: [1, 2]}", "[[1], [2]]", true)]
    [InlineData("a", "{a: []}", "[[undefined]]", true)]
    [InlineData("a", "{a: [[1, 2], 3]}", "[[[1, 2]], [3]]", true)]
    [InlineData("a.b", "{a: {b: 1}}", "[[1]]", false)]
    [InlineData("a.b", "{a: 5}", "[[null]]", false)]
    [InlineData("a.b", "{a: [{b: 1}, {b: [2, 3]}, {c: 1}, 5]}", "[[1], [2], [3], [null], [null]]", true)]
    [InlineData("a.b", "{a: []}", "[[null]]", true)]
    [InlineData("a.1", "{a: [7, 8]}", "[[8]]", false)]
    [InlineData("a.0.b", "{a: [{b: 1}, {b: 2}]}", "[[1]]", false)]
    [InlineData("a,b", "{a: [1, 2], b: 3}", "[[1, 3], [2, 3]]", true)]
    [InlineData("a.b,a.c", "{a: [{b: 1, c: 2}, {b: 3}]}", "[[1, 2], [3, null]]", true)]
    [InlineData("a,a.b", "{a: [{b: 1}, 2]}", "[[{b: 1}, 1], [2, null]]", true)]
    public void Extracts(string paths, string document, string expected, bool isMultikey)
    {
        var keys = new List<BsonValue[]>();

        IndexKeys.Extract(BsonDocument.Parse(document), [.. paths.Split(',').Select(FieldPath.Parse)], keys).Should().Be(isMultikey);

        new BsonArray(keys.Select(key => new BsonArray(key))).Exact().Should().Be(Json.Value(expected).Exact());
    }

    [Theory]
    [InlineData("a,b", "{a: [1], b: [2]}")]
    [InlineData("a.b,a.c", "{a: {b: [1], c: [2]}}")]
    [InlineData("a.b,a.c", "{a: [{b: [1], c: [2]}]}")]
    public void Two_different_arrays_cannot_make_one_key(string paths, string document)
    {
        var extract = () => IndexKeys.Extract(BsonDocument.Parse(document), [.. paths.Split(',').Select(FieldPath.Parse)], []);

        extract.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(171);
    }
}
