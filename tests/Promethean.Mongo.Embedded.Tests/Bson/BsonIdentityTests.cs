using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Tests.Bson;

public sealed class BsonIdentityTests
{
    [Theory]
    [InlineData("{ a: 1 }", "{ a: 1 }", true)]
    [InlineData("{ a: 1 }", "{ a: 1.0 }", false)]
    [InlineData("{ a: { b: [1] } }", "{ a: { b: [NumberLong(1)] } }", false)]
    [InlineData("{ a: 1, b: 2 }", "{ b: 2, a: 1 }", false)]
    [InlineData("{ a: 1 }", "{ a: 1, b: 2 }", false)]
    [InlineData("{ a: [1, 2] }", "{ a: [1] }", false)]
    [InlineData("{ a: NaN }", "{ a: NaN }", true)]
    [InlineData("{ a: NumberDecimal('1.0') }", "{ a: NumberDecimal('1.00') }", false)]
    [InlineData("{ a: NumberDecimal('NaN') }", "{ a: NumberDecimal('NaN') }", true)]
    [InlineData("{ a: 1 }", "{ a: NumberDecimal('9.9E+6000') }", false)]
    [InlineData("{ a: /x/i }", "{ a: /x/i }", true)]
    public void Only_what_is_the_same_to_the_last_bit_is_the_same(string left, string right, bool areSame) =>
        BsonIdentity.AreIdentical(BsonDocument.Parse(left), BsonDocument.Parse(right)).Should().Be(areSame);
}
