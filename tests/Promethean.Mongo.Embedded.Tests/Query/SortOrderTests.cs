using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Manual: "cursor.sort()", "Comparison/Sort Order" (arrays).</summary>
public sealed class SortOrderTests
{
    [Theory]
    [InlineData("{a: 1}", "{a: null}, {a: 1}, {a: 2}, {a: 'x'}")]
    [InlineData("{a: 1}", "{a: []}, {}, {a: 1}")]
    [InlineData("{a: 1}", "{a: [1, 9]}, {a: 2}")]
    [InlineData("{a: -1}", "{a: [1, 9]}, {a: 2}")]
    [InlineData("{a: 1, b: -1}", "{a: 1, b: 2}, {a: 1, b: 1}, {a: 2, b: 3}")]
    [InlineData("{'a.b': 1}", "{a: 5}, {a: [{b: 1}, {b: 7}]}, {a: {b: 2}}")]
    public void Sorts(string order, string sorted)
    {
        var expected = BsonDocument.Parse($"{{all: [{sorted}]}}")["all"].AsBsonArray.Select(item => item.AsBsonDocument).ToList();

        SortOrder.Parse(BsonDocument.Parse(order)).Sort(Enumerable.Reverse(expected)).Should().Equal(expected);
    }

    [Fact]
    public void Paths_that_share_an_array_sort_by_the_least_pair_of_one_element() =>
        SortOrder.Parse(BsonDocument.Parse("{'a.b': 1, 'a.c': 1}")).KeyOf(BsonDocument.Parse("{a: [{b: 2, c: 1}, {b: 1, c: 9}]}"))
            .Should().Equal(1, 9);

    [Theory]
    [InlineData("{a: 2}", 15975)]
    [InlineData("{a: 'x'}", 15975)]
    [InlineData("{a: {$meta: 'textScore'}}", 2)]
    public void A_malformed_order_is_refused(string order, int code)
    {
        var parse = () => SortOrder.Parse(BsonDocument.Parse(order));

        parse.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }

    [Fact]
    public void Different_arrays_cannot_be_sorted_by_together()
    {
        var key = () => SortOrder.Parse(BsonDocument.Parse("{a: 1, b: 1}")).KeyOf(BsonDocument.Parse("{a: [1], b: [2]}"));

        key.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(2);
    }

    [Fact]
    public void A_limited_sort_returns_the_start_of_the_whole_sort_and_both_are_stable() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 300], Gen.Int[1, 80]).Sample((values, limit) =>
        {
            var documents = values.Select((value, i) => new BsonDocument { { "a", value }, { "i", i } }).ToList();
            var order = SortOrder.Parse(new BsonDocument("a", 1));
            var whole = order.Sort(documents);
            return whole.SequenceEqual(documents.OrderBy(document => document["a"].AsInt32)) && order.Sort(documents, limit).SequenceEqual(whole.Take(limit));
        });

    [Fact]
    public void Any_values_sort_without_failing() =>
        BsonValues.Any.Array[0, 10].Sample(values =>
            SortOrder.Parse(new BsonDocument("a", -1)).Sort(values.Select(value => new BsonDocument("a", value))).Count == values.Length);
}
