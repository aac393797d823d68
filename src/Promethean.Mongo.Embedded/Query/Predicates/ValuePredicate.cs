using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary>A condition on a single value, such as <c>{$gt: 5}</c>. Immutable.</summary>
internal abstract class ValuePredicate
{
    /// <summary>Whether an array at the end of a path is tested element by element, and then as a whole; else only as a whole.</summary>
    public virtual bool SpreadsArrays => true;

    /// <summary>
    /// The values an index key must have for this condition to hold; null if it implies nothing. See <see cref="FieldBounds"/>.
    /// </summary>
    public virtual IReadOnlyList<BoundsInterval>? Intervals => null;

    /// <summary>Tests one value; null is a missing one. <paramref name="position"/> is set by conditions that find an array element.</summary>
    public abstract bool Matches(BsonValue? value, Variables variables, ref int position);

    /// <summary>What this condition implies for keys below the path, as <c>$elemMatch</c> does.</summary>
    public virtual void AddInnerBounds(string path, List<FieldBounds> bounds)
    {
    }
}
