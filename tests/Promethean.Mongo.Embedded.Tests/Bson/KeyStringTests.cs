using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>Keys order as values do (manual: "Comparison/Sort Order", "Compound Indexes").</summary>
public sealed class KeyStringTests
{
    [Fact]
    public void Bytes_of_single_values_compare_as_the_values_do() =>
        Gen.Select(BsonValues.Any, BsonValues.Any).Sample(
            (x, y) => Math.Sign(KeyString.Encode(x).AsSpan().SequenceCompareTo(KeyString.Encode(y))) == Math.Sign(BsonOrder.Compare(x, y)),
            iter: 20_000,
            print: pair => $"{pair.Item1.ToJson()} ({pair.Item1.BsonType}) and {pair.Item2.ToJson()} ({pair.Item2.BsonType})");

    [Fact]
    public void The_key_of_an_id_made_from_a_documents_bytes_is_that_of_its_value() =>
        BsonValues.Any.Sample(
            id => IdKey.Of(BsonBytes.Encode(new BsonDocument { { "a", 1 }, { "_id", id }, { "b", "_id" } })).AsSpan().SequenceEqual(KeyString.Encode(id)),
            iter: 5_000,
            print: id => $"{id.ToJson()} ({id.BsonType})");

    [Fact]
    public void Bytes_of_compound_keys_compare_field_by_field_in_each_fields_direction() =>
        Gen.Select(BsonValues.Any.Array[3], BsonValues.Any.Array[3], Gen.Bool.Array[3], Gen.Int[0, 3]).Sample(
            (x, y, descending, shared) =>
            {
                Array.Copy(x, y, shared);
                var expected = 0;
                for (var i = 0; i < 3 && expected == 0; i++) expected = Math.Sign(BsonOrder.Compare(x[i], y[i])) * (descending[i] ? -1 : 1);
                var actual = KeyString.Encode(x, descending).AsSpan().SequenceCompareTo(KeyString.Encode(y, descending));
                return Math.Sign(actual) == expected;
            },
            iter: 20_000);

    [Fact]
    public void All_keys_with_a_prefix_lie_between_the_prefix_and_its_end() =>
        Gen.Select(BsonValues.Any, BsonValues.Any, BsonValues.Any, Gen.Bool.Array[2]).Sample(
            (first, other, second, descending) =>
            {
                var prefix = KeyString.Encode([first], descending);
                var end = KeyString.PrefixEnd(prefix);
                var key = KeyString.Encode([other, second], descending);
                var inside = key.AsSpan().SequenceCompareTo(prefix) >= 0 && key.AsSpan().SequenceCompareTo(end) < 0;
                return inside == BsonOrder.AreEqual(first, other);
            },
            iter: 20_000);
}
