using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>
/// A condition on the values at a dotted path ("Query on Embedded/Nested Documents", "Query an Array" in the manual). Documents are
/// entered by name; arrays on the way are entered element by element and, where the next part is a number, by position too; an
/// array at the end is tested element by element and then whole, unless a position led to it.
/// </summary>
internal sealed class PathMatcher(FieldPath path, ValuePredicate predicate) : Matcher
{
    public override bool Matches(BsonDocument document, Variables variables, ref int position) =>
        Walk(document, 0, variables, ref position, -1);

    public override void AddBounds(List<FieldBounds> bounds)
    {
        if (path.HasIndexes) return;
        if (predicate.Intervals is { } intervals) bounds.Add(new FieldBounds(path, intervals));
        predicate.AddInnerBounds(path.Text, bounds);
    }

    public override void AddEqualities(List<KeyValuePair<string, BsonValue>> equalities)
    {
        if (predicate is EqualPredicate equal) equalities.Add(new(path.Text, equal.Operand));
    }

    // `outer` is the place in the outermost array entered element by element, or -1.
    private bool Walk(BsonDocument document, int part, Variables variables, ref int position, int outer)
    {
        while (true)
        {
            var value = path.Step(document, part);
            part++;
            if (value is not null && part == path.Length) return TestLeaf(value, variables, ref position, outer);
            switch (value)
            {
                case BsonDocument inner:
                    document = inner;
                    continue;
                case BsonArray array:
                    return WalkArray(array, part, variables, ref position, outer);
                default:
                    return Test(null, variables, ref position, outer);
            }
        }
    }

    private bool WalkArray(BsonArray array, int part, Variables variables, ref int position, int outer)
    {
        var index = path.Index(part);
        for (var i = 0; i < array.Count; i++)
        {
            var item = array[i];
            if (item is BsonDocument document && Walk(document, part, variables, ref position, outer < 0 ? i : outer)) return true;
            if (index == i && EnterByPosition(item, part + 1, variables, ref position, outer)) return true;
        }

        return false;
    }

    private bool EnterByPosition(BsonValue item, int part, Variables variables, ref int position, int outer)
    {
        if (part == path.Length) return Test(item, variables, ref position, outer);
        return item switch
        {
            BsonDocument document => Walk(document, part, variables, ref position, outer),
            BsonArray array => WalkArray(array, part, variables, ref position, outer),
            _ => false,
        };
    }

    private bool TestLeaf(BsonValue value, Variables variables, ref int position, int outer)
    {
        if (predicate.SpreadsArrays && value is BsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (Test(array[i], variables, ref position, outer < 0 ? i : outer)) return true;
            }
        }

        return Test(value, variables, ref position, outer);
    }

    private bool Test(BsonValue? value, Variables variables, ref int position, int outer)
    {
        if (!predicate.Matches(value, variables, ref position)) return false;
        if (outer >= 0) position = outer;
        return true;
    }
}
