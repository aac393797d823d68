using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Matchers;

/// <summary>A condition on a whole document. Immutable, safe for any number of threads.</summary>
internal abstract class Matcher
{
    /// <summary>
    /// Tests a document. On success <paramref name="position"/> is set to the place in the outermost array by which a
    /// condition held, if one did: what a positional <c>$</c> stands for.
    /// </summary>
    public abstract bool Matches(BsonDocument document, Variables variables, ref int position);

    /// <summary>Adds what the condition implies for index keys.</summary>
    public virtual void AddBounds(List<FieldBounds> bounds)
    {
    }

    /// <summary>Adds, as path and value, what the condition says a document must be equal to: the seed of an upsert.</summary>
    public virtual void AddEqualities(List<KeyValuePair<string, BsonValue>> equalities)
    {
    }
}
