using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query.Matchers;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary>One operator at one field.</summary>
internal sealed class FieldClause(string name, FieldPath path, BsonDocument specified, Matcher matcher) : ValidationClause
{
    public override bool Matches(BsonDocument document, Variables variables)
    {
        var position = -1;
        return matcher.Matches(document, variables, ref position);
    }

    public override BsonDocument Explain(BsonDocument document, Variables variables, bool inverted)
    {
        var details = new BsonDocument { { "operatorName", name }, { "specifiedAs", specified } };
        if (name == "$exists")
        {
            return details.Add("reason", Truth.Of(specified[path.Text]["$exists"]) == inverted ? "path does exist" : "path does not exist");
        }

        var values = new List<BsonValue>();
        if (!Gather(document, 0, values)) return details.Add("reason", "field was missing");
        details.Add("reason", Reason(inverted));
        if (values.Count == 1) details.Add("consideredValue", values[0]);
        else details.Add("consideredValues", new BsonArray(values));
        if (name != "$type") return details;
        var types = values.Select(value => BsonTypeNames.Of(value.BsonType)).Distinct().Order(StringComparer.Ordinal).ToList();
        return types.Count == 1 ? details.Add("consideredType", types[0]) : details.Add("consideredTypes", new BsonArray(types));
    }

    private string Reason(bool inverted) => (name, inverted) switch
    {
        ("$in", false) or ("$nin", true) => "no matching value found in array",
        ("$in", true) or ("$nin", false) => "matching value found in array",
        ("$ne", false) => "comparison succeeded",
        ("$ne", true) => "comparison failed",
        ("$regex", false) => "regular expression did not match",
        ("$regex", true) => "regular expression did match",
        ("$size", false) => "array length was not equal to given size",
        ("$size", true) => "array length was equal to given size",
        ("$all", false) => "array did not contain all specified values",
        ("$all", true) => "array did contain all specified values",
        ("$elemMatch", false) => "array did not satisfy the child predicate",
        ("$elemMatch", true) => "array did satisfy the child predicate",
        ("$mod", false) => "$mod did not evaluate to expected remainder",
        ("$mod", true) => "$mod did evaluate to expected remainder",
        ("$type", false) => "type did not match",
        ("$type", true) => "type did match",
        (['$', 'b', 'i', 't', 's', ..], false) => "bitwise operator failed to match",
        (['$', 'b', 'i', 't', 's', ..], true) => "bitwise operator matched successfully",
        (_, false) => "comparison failed",
        _ => "comparison succeeded",
    };

    // The values at the path; an array at its end counts as its elements, except for operators on whole arrays. False: there is none.
    private bool Gather(BsonValue value, int part, List<BsonValue> values)
    {
        if (part == path.Length)
        {
            if (value is BsonArray array && name is not ("$size" or "$all" or "$elemMatch")) values.AddRange(array);
            else values.Add(value);
            return true;
        }

        switch (value)
        {
            case BsonDocument document:
                return path.Step(document, part) is { } next && Gather(next, part + 1, values);
            case BsonArray array:
                var found = false;
                foreach (var item in array.OfType<BsonDocument>()) found |= Gather(item, part, values);
                if (path.Index(part) is var index && index >= 0 && index < array.Count) found |= Gather(array[index], part + 1, values);
                return found;
            default:
                return false;
        }
    }
}
