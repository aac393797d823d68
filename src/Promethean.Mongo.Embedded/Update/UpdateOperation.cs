using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>
/// What an update command does to a document: replaces it, applies update operators, or runs a pipeline over it. Parsed once,
/// immutable, safe for any number of threads.
/// </summary>
internal abstract class UpdateOperation
{
    /// <summary>Whether the whole document is replaced; such an update may not apply to many documents.</summary>
    public virtual bool IsReplacement => false;

    /// <summary>
    /// Where operators set values as a whole, as change events tell; null if the update computes the document and may change anything.
    /// </summary>
    public virtual IReadOnlyList<FieldPath>? WholePaths => null;

    /// <summary>
    /// Reads the <c>u</c> of an update: a document or a pipeline, which may name <paramref name="variables"/>. Their values come with
    /// <see cref="UpdateContext.Variables"/>.
    /// </summary>
    /// <exception cref="MongoCommandFailedException">An unknown operator, paths in conflict (code 40), an array filter too many or too few, ….</exception>
    public static UpdateOperation Parse(BsonValue update, BsonArray? arrayFilters = null, Variables? variables = null)
    {
        switch (update)
        {
            case BsonDocument document when document.ElementCount > 0 && document.GetElement(0).Name.StartsWith('$'):
                return ModifierParser.Parse(document, ArrayFilters.Parse(arrayFilters));
            case BsonDocument document:
                if (arrayFilters is { Count: > 0 })
                {
                    throw MongoCommandFailedException.FailedToParse("Cannot specify arrayFilters and a replacement document");
                }

                return new ReplacementUpdate(document);
            case BsonArray when arrayFilters is { Count: > 0 }:
                throw MongoCommandFailedException.FailedToParse("Cannot specify arrayFilters and a pipeline update");
            case BsonArray stages:
                return new PipelineUpdate(stages, variables ?? Variables.None);
            default:
                throw MongoCommandFailedException.FailedToParse("Update argument must be either an object or an array");
        }
    }

    /// <summary>
    /// Returns the document as it is after the update; <paramref name="source"/> itself, the same instance, if nothing changes. The
    /// source is never modified, but the result may share values with it and with the update. An upsert passes its seed (<see cref="UpsertSeed"/>) as source.
    /// </summary>
    /// <exception cref="MongoCommandFailedException">The document does not allow the update (codes 2, 14, 28, 66, …).</exception>
    public BsonDocument Apply(BsonDocument source, UpdateContext context)
    {
        var result = Change(source, context);
        if (!ReferenceEquals(result, source)) DocumentIdentity.Check(source, result, IsReplacement);
        return result;
    }

    /// <summary>Makes the changed document, or returns the source.</summary>
    protected abstract BsonDocument Change(BsonDocument source, UpdateContext context);
}
