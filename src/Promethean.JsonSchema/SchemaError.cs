namespace Promethean.JsonSchema;

/// <summary>One thing that a text has wrong.</summary>
/// <param name="InstanceLocation">Where in the text, as a JSON pointer; empty for the whole of it.</param>
/// <param name="KeywordLocation">The way to the keyword through the schema, references included, as a JSON pointer.</param>
/// <param name="AbsoluteLocation">The keyword itself: its resource's URI and a JSON pointer. Empty where the text is not JSON.</param>
/// <param name="Message">What was found and what was wanted, in words.</param>
public sealed record SchemaError(string InstanceLocation, string KeywordLocation, string AbsoluteLocation, string Message)
{
    /// <summary>The error that lies at the bottom of this one: of the nearest alternative, where none of several was met.</summary>
    internal SchemaError Root { get => field ?? this; init; }

    /// <summary>How far the error speaks against the alternative it arose in; alternatives are weighed by it.</summary>
    internal int Weight { get; init; } = 1;

    /// <summary>Location and message in a line.</summary>
    /// <returns><c>/payload/topic: is the number 5, but must be a string</c></returns>
    public override string ToString() => $"{(InstanceLocation.Length == 0 ? "(the whole)" : InstanceLocation)}: {Message}";
}
