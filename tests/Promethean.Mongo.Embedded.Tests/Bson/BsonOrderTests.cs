using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Tests.Bson;

/// <summary>Manual: "Comparison/Sort Order" (reference/bson-type-comparison-order).</summary>
public sealed class BsonOrderTests
{
    [Fact]
    public void Types_order_as_the_manual_lists_them()
    {
        BsonValue[] ascending =
        [
            BsonMinKey.Value, BsonUndefined.Value, BsonNull.Value, double.NaN, 5, "text", new BsonDocument(), new BsonArray(),
            new BsonBinaryData([1]), ObjectId.Empty, false, new BsonDateTime(0), new BsonTimestamp(0), new BsonRegularExpression("a"),
            new BsonJavaScript("x"), new BsonJavaScriptWithScope("x", []), BsonMaxKey.Value,
        ];

        ascending.Reverse().Order(BsonOrder.Instance).Should().Equal(ascending);
    }

    [Fact]
    public void Numbers_compare_exactly_across_types()
    {
        BsonOrder.Compare(9007199254740993L, 9007199254740992.0).Should().BePositive("2^53 + 1 is no double");
        BsonOrder.Compare(long.MaxValue, 9223372036854775808.0).Should().BeNegative();
        BsonOrder.Compare(1, 1.0).Should().Be(0);
        BsonOrder.Compare(1L, new BsonDecimal128(Decimal128.Parse("1.00"))).Should().Be(0);
        BsonOrder.Compare(0.1, new BsonDecimal128(Decimal128.Parse("0.1"))).Should().BePositive("the double nearest to 0.1 is a little greater");
        BsonOrder.Compare(0.5, new BsonDecimal128(Decimal128.Parse("0.5"))).Should().Be(0);
        BsonOrder.Compare(double.NaN, double.NegativeInfinity).Should().BeNegative();
        BsonOrder.Compare(double.NaN, new BsonDecimal128(Decimal128.QNaN)).Should().Be(0);
    }

    [Fact]
    public void Documents_compare_field_by_field_type_before_name_before_value()
    {
        BsonOrder.Compare(new BsonDocument("b", 1), new BsonDocument("a", "x")).Should().BeNegative("a number comes before a string");
        BsonOrder.Compare(new BsonDocument("a", 2), new BsonDocument("b", 1)).Should().BeNegative();
        BsonOrder.Compare(new BsonDocument("a", 1), new BsonDocument("a", 2)).Should().BeNegative();
        BsonOrder.Compare(new BsonDocument(), new BsonDocument("a", BsonMinKey.Value)).Should().BeNegative();
    }

    [Fact]
    public void Strings_compare_by_code_point_and_binary_data_by_length_first()
    {
        BsonOrder.Compare("\uFFFD", "\U0001F600").Should().BeNegative();
        BsonOrder.Compare(new BsonBinaryData([9]), new BsonBinaryData([1, 1])).Should().BeNegative();
        BsonOrder.Compare(new BsonBinaryData([1], BsonBinarySubType.Binary), new BsonBinaryData([0], BsonBinarySubType.UserDefined)).Should().BeNegative();
    }

    [Fact]
    public void The_order_is_total_and_hash_codes_agree_with_it() =>
        Gen.Select(BsonValues.Any, BsonValues.Any, BsonValues.Any).Sample(
            (x, y, z) =>
            {
                var antisymmetric = Math.Sign(BsonOrder.Compare(x, y)) == -Math.Sign(BsonOrder.Compare(y, x));
                var transitive = !(BsonOrder.Compare(x, y) <= 0 && BsonOrder.Compare(y, z) <= 0) || BsonOrder.Compare(x, z) <= 0;
                var hashed = !BsonOrder.AreEqual(x, y) || BsonOrder.Hash(x) == BsonOrder.Hash(y);
                return antisymmetric && transitive && hashed;
            },
            iter: 50_000);
}
