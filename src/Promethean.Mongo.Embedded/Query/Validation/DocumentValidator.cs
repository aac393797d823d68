using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary>
/// A collection's validator ("Schema Validation" in the manual): any filter, with or without <c>$jsonSchema</c>, that documents have
/// to match. Parsed once, immutable, safe for any number of threads.
/// </summary>
internal sealed class DocumentValidator
{
    private readonly ValidationClause _root;

    private DocumentValidator(ValidationClause root) => _root = root;

    /// <summary>Reads the <c>validator</c> of a <c>create</c> or <c>collMod</c>.</summary>
    /// <exception cref="MongoCommandFailedException">The filter or schema is malformed or has something unknown in it.</exception>
    public static DocumentValidator Parse(BsonDocument validator, Variables? variables = null) =>
        new(new ValidationParser(ParseScope.Of(variables ?? Variables.None)).Parse(validator));

    /// <summary>Whether the document may be stored. <paramref name="variables"/> have <c>$$NOW</c> for an <c>$expr</c>.</summary>
    public bool Matches(BsonDocument document, Variables? variables = null) => _root.Matches(document, variables ?? Variables.None);

    /// <summary>
    /// Why the document may not be stored, as MongoDB's <c>errInfo.details</c> tells (<c>operatorName</c>,
    /// <c>schemaRulesNotSatisfied</c>, …); null if it may.
    /// </summary>
    public BsonDocument? Failure(BsonDocument document, Variables? variables = null)
    {
        variables ??= Variables.None;
        return _root.Matches(document, variables) ? null : _root.Explain(document, variables, inverted: false);
    }

    /// <summary>Refuses a document that may not be stored.</summary>
    /// <exception cref="MongoCommandFailedException">Code 121, with <c>errInfo</c> among its details.</exception>
    public void Check(BsonDocument document, Variables? variables = null)
    {
        if (Failure(document, variables) is not { } details) return;
        throw new MongoCommandFailedException(MongoErrorCode.DocumentValidationFailure, "Document failed validation")
        {
            Details = new BsonDocument("errInfo", new BsonDocument
            {
                { "failingDocumentId", document.GetValue("_id", BsonNull.Value) },
                { "details", details },
            }),
        };
    }
}
