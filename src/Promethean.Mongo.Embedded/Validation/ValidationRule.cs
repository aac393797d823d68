using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Validation;

namespace Promethean.Mongo.Embedded.Validation;

/// <summary>
/// What the documents of a collection must be like ("Schema Validation" in MongoDB's manual): its validator, on whom it is imposed
/// and what becomes of a document that fails. Immutable; safe for any number of threads.
/// </summary>
internal sealed class ValidationRule
{
    private readonly Lazy<DocumentValidator> _validator;
    private readonly bool _isModerate;
    private readonly bool _warns;

    private ValidationRule(BsonDocument validator, bool isModerate, bool warns)
    {
        _validator = new Lazy<DocumentValidator>(() => DocumentValidator.Parse(validator));
        _isModerate = isModerate;
        _warns = warns;
    }

    /// <summary>The rule in a collection's options, or null if they impose none.</summary>
    public static ValidationRule? Of(BsonDocument options) =>
        options.TryGetValue("validator", out var validator) && validator is BsonDocument { ElementCount: > 0 } given && options.GetValue("validationLevel", "strict") != "off"
            ? new ValidationRule(given, options.GetValue("validationLevel", "strict") == "moderate", options.GetValue("validationAction", "error") == "warn")
            : null;

    /// <summary>Whether a document is as the rule wants it.</summary>
    public bool Fits(BsonDocument document) => _validator.Value.Matches(document);

    /// <summary>Holds a document that is to be stored against the rule.</summary>
    /// <param name="before">The document it replaces, or null if it is new.</param>
    /// <param name="after">The document.</param>
    /// <param name="policy">Of the command; null imposes the rule.</param>
    /// <exception cref="MongoCommandFailedException">Code 121.</exception>
    public void Check(BsonDocument? before, BsonDocument after, ValidationPolicy? policy)
    {
        if (policy?.Bypasses == true || _validator.Value.Failure(after, policy?.Variables) is not { } details) return;
        // Moderate leaves alone the documents that did not fit before.
        if (before is not null && _isModerate && !_validator.Value.Matches(before, policy?.Variables)) return;
        var info = new BsonDocument { { "failingDocumentId", after.GetValue("_id", BsonNull.Value) }, { "details", details } };
        if (_warns)
        {
            if (policy is not null) Log.ValidationWarned(policy.Logger, info.ToString());
            return;
        }

        throw new MongoCommandFailedException(MongoErrorCode.DocumentValidationFailure, "Document failed validation")
        {
            Details = new BsonDocument("errInfo", info),
        };
    }
}
