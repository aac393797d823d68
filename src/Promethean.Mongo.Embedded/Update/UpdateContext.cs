using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>What an update needs to know besides the document.</summary>
/// <param name="Now">The instant of the command, for <c>$currentDate</c> and <c>$$NOW</c>.</param>
internal sealed record UpdateContext(DateTimeOffset Now)
{
    /// <summary>The array element by which the filter matched, for a positional <c>$</c>.</summary>
    public int? PositionalIndex { get; init; }

    /// <summary>Whether the document is being made by an upsert, so that <c>$setOnInsert</c> applies.</summary>
    public bool IsInsert { get; init; }

    /// <summary>The constants of the command's <c>let</c> or <c>c</c>, for a pipeline.</summary>
    public BsonDocument? Let { get; init; }

    internal Variables Variables => Let is null ? Variables.At(Now) : Variables.At(Now).With(Let);
}
