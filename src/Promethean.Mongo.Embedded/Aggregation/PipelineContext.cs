using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>What a pipeline needs besides its input.</summary>
/// <param name="Variables"><c>$$NOW</c> and the command's <c>let</c> (<see cref="Variables.Of"/>).</param>
/// <param name="ReadCollection">
/// Reads a whole collection of the same database, for <c>$lookup</c>, <c>$graphLookup</c> and <c>$unionWith</c>; empty if there is
/// none of that name. Every call must see the same snapshot.
/// </param>
/// <param name="Random">The chance <c>$sample</c> uses; seeded by the caller.</param>
internal sealed record PipelineContext(Variables Variables, Func<string, IEnumerable<BsonDocument>> ReadCollection, Random Random)
{
    /// <summary>What the server knows besides documents, for <c>$collStats</c> and its like; null where a pipeline may not ask.</summary>
    public IServerFacts? Facts { get; init; }

    /// <summary>This context with other variables, as for the pipeline within a <c>$lookup</c>.</summary>
    public PipelineContext With(Variables variables) => this with { Variables = variables };
}
