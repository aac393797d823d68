using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Validation;

/// <summary>A validator, parsed once: a query that every document must match.</summary>
internal sealed class DocumentValidator
{
    private readonly BsonDocument _query;
    private readonly DocumentFilter _filter;

    private DocumentValidator(BsonDocument query)
    {
        _query = query;
        _filter = DocumentFilter.Parse(query);
    }

    /// <exception cref="Errors.MongoCommandFailedException">The query is malformed.</exception>
    public static DocumentValidator Parse(BsonDocument query) => new(query);

    /// <summary>Why a document fails, as <c>errInfo.details</c> tells it; null if it does not.</summary>
    public BsonDocument? Explain(BsonDocument document) => _filter.Matches(document)
        ? null
        : new BsonDocument { { "operatorName", _query.GetElement(0).Name }, { "specifiedAs", _query }, { "reason", "the document does not match the validator" } };
}
