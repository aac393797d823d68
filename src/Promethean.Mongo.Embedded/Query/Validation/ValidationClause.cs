using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary>A part of a validator that can say why it does or does not match a document. Immutable.</summary>
internal abstract class ValidationClause
{
    /// <summary>Whether the document matches.</summary>
    public abstract bool Matches(BsonDocument document, Variables variables);

    /// <summary>
    /// Says why the document does not match or, <paramref name="inverted"/>, why it does, as the clauses below a <c>$nor</c> or
    /// <c>$not</c> have to. Asked only when that is so.
    /// </summary>
    public abstract BsonDocument Explain(BsonDocument document, Variables variables, bool inverted);
}
