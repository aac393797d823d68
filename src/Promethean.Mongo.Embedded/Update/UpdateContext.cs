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

    /// <summary>What a pipeline may read besides the document; <c>$$NOW</c> alone unless the command has a <c>let</c>.</summary>
    public Variables Variables { get; init; } = Variables.At(Now);
}
