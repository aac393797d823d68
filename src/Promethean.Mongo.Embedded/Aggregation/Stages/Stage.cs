using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>One stage of a pipeline ("Aggregation Stages" in the manual). Immutable; each run keeps its own state.</summary>
internal abstract class Stage
{
    /// <summary>The other collections the stage reads.</summary>
    public virtual IEnumerable<string> OtherCollections => [];

    /// <summary>Whether the stage has documents of its own and takes none: it must come first.</summary>
    public virtual bool IsSource => false;

    /// <summary>Turns the documents of the stage before into those for the next, lazily.</summary>
    public abstract IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context);
}
