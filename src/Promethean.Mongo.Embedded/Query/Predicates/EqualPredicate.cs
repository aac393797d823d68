using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$eq</c>; null also matches a missing value.</summary>
internal sealed class EqualPredicate(BsonValue operand) : ValuePredicate
{
    public BsonValue Operand => operand;

    public override IReadOnlyList<BoundsInterval>? Intervals => FieldBounds.Points(KeysOf(operand));

    public override bool Matches(BsonValue? value, Variables variables, ref int position) =>
        value is null ? operand.IsBsonNull : BsonOrder.AreEqual(value, operand);

    /// <summary>The index keys one of which a document with that value has.</summary>
    public static IEnumerable<BsonValue> KeysOf(BsonValue operand) => operand switch
    {
        // An array is indexed by its elements; as an element of an outer array it is a key itself.
        BsonArray { Count: 0 } => [BsonUndefined.Value, operand],
        BsonArray array => [array[0], operand],
        _ => [operand],
    };
}
