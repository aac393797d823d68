using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Query.Matchers;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$elemMatch</c> with a filter: an array with an element, itself a document, that the filter matches.</summary>
internal sealed class ElementPredicate(Matcher filter) : ValuePredicate
{
    public override bool SpreadsArrays => false;

    public override bool Matches(BsonValue? value, Variables variables, ref int position)
    {
        if (value is not BsonArray array) return false;
        for (var i = 0; i < array.Count; i++)
        {
            var ignored = -1;
            if (AsDocument(array[i]) is { } document && filter.Matches(document, variables, ref ignored))
            {
                position = i;
                return true;
            }
        }

        return false;
    }

    public override void AddInnerBounds(string path, List<FieldBounds> bounds)
    {
        var inner = new List<FieldBounds>();
        filter.AddBounds(inner);
        foreach (var bound in inner)
        {
            // An element that lacks the field may be a nested array, whose key is not null.
            if (!bound.IncludesMissing) bounds.Add(bound with { Path = Bson.FieldPath.Parse($"{path}.{bound.Path.Text}") });
        }
    }

    // A nested array is a document with the positions as names.
    private static BsonDocument? AsDocument(BsonValue value) => value switch
    {
        BsonDocument document => document,
        BsonArray array => new BsonDocument(array.Select((item, i) => new BsonElement(i.ToString(CultureInfo.InvariantCulture), item))),
        _ => null,
    };
}
