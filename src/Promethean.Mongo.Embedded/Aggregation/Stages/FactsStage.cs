using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>A stage whose documents tell about the server.</summary>
internal abstract class FactsStage(string name) : Stage
{
    public override bool IsSource => true;

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context) => Tell(context.Facts
        ?? throw new MongoCommandFailedException(MongoErrorCode.CommandNotSupported, $"{name} is not supported here"));

    protected abstract IEnumerable<BsonDocument> Tell(IServerFacts facts);
}
