using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$match</c>.</summary>
internal sealed class MatchStage(DocumentFilter filter) : Stage
{
    public DocumentFilter Filter => filter;

    public static MatchStage Parse(BsonValue value, ParseScope scope) => value is BsonDocument document
        ? new MatchStage(DocumentFilter.Parse(document, scope))
        : throw MongoCommandFailedException.Location(15959, "the match filter must be an expression in an object");

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var document in input)
        {
            if (filter.Matches(document, context.Variables)) yield return document;
        }
    }
}
