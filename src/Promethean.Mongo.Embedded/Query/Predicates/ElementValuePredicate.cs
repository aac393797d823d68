using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$elemMatch</c> with operators: an array with one element that meets all conditions.</summary>
internal sealed class ElementValuePredicate(IReadOnlyList<ValuePredicate> conditions) : ValuePredicate
{
    public override bool SpreadsArrays => false;

    public override IReadOnlyList<BoundsInterval>? Intervals
    {
        get
        {
            // The conditions hold for one element, which is one key: here they may be intersected.
            IReadOnlyList<BoundsInterval>? all = null;
            foreach (var condition in conditions)
            {
                // What an element that is an array contains is not a key of the outer array.
                if (!condition.SpreadsArrays || condition.Intervals is not { } intervals) continue;
                all = all is null ? intervals : FieldBounds.Shared(all, intervals);
            }

            return all;
        }
    }

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        if (value is not BsonArray array) return false;
        for (var i = 0; i < array.Count; i++)
        {
            if (All(array[i], variables))
            {
                position = i;
                return true;
            }
        }

        return false;
    }

    private bool All(BsonValue item, Variables variables)
    {
        var ignored = -1;
        foreach (var condition in conditions)
        {
            if (!condition.Matches(item, variables, ref ignored)) return false;
        }

        return true;
    }
}
