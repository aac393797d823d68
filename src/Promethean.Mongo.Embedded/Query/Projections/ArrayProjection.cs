using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary>What a find does to an array field after the projection: <c>$slice</c>, <c>$elemMatch</c>, positional <c>$</c>.</summary>
internal abstract class ArrayProjection(FieldPath path)
{
    /// <summary>Whether the field must be named in an inclusion.</summary>
    public abstract bool Includes { get; }

    public FieldPath Path => path;

    /// <summary>Changes the field in a projected document, whose outer documents are its own but whose values may be shared.</summary>
    public void Apply(BsonDocument result, int? positionalIndex, Variables variables) => Descend(result, 0, positionalIndex, variables);

    /// <summary>What becomes of the array; null removes the field.</summary>
    protected abstract BsonValue? Change(BsonArray array, int? positionalIndex, Variables variables);

    private void Descend(BsonDocument document, int part, int? positionalIndex, Variables variables)
    {
        var name = path.Parts[part];
        if (!document.TryGetValue(name, out var value)) return;
        if (part + 1 < path.Length)
        {
            if (value is not BsonDocument inner) return;
            // The inner document may be the stored one.
            inner = BsonCopy.Shallow(inner);
            document[name] = inner;
            Descend(inner, part + 1, positionalIndex, variables);
        }
        else if (value is BsonArray array)
        {
            if (Change(array, positionalIndex, variables) is { } changed) document[name] = changed;
            else document.Remove(name);
        }
    }
}
