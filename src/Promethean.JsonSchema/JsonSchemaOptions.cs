namespace Promethean.JsonSchema;

/// <summary>What a schema is compiled with; read once, when it is compiled.</summary>
public sealed class JsonSchemaOptions
{
    /// <summary>The URI the schema is known by where it has no <c>$id</c>; relative references start from it. Default none.</summary>
    public Uri? BaseUri { get; init; }

    /// <summary>Schemas (UTF-8 text) that references may lead to, by their absolute URI; one is read when a reference needs it. The draft 2020-12
    /// metaschemas are always there. Nothing is ever fetched. Default empty.</summary>
    public IReadOnlyDictionary<Uri, ReadOnlyMemory<byte>> Documents { get; init; } = new Dictionary<Uri, ReadOnlyMemory<byte>>();

    /// <summary>How many arrays and objects may stand within one another in a text to validate: 1 to 256. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>How many errors an evaluation collects at most, 1 or more. Default 32.</summary>
    public int MaxErrors { get; init; } = 32;

    /// <summary>How long one match of a pattern with lookarounds, backreferences or <c>\b</c> may take before the string counts as not matching; all
    /// other patterns take time in proportion to the string. Default 100 milliseconds.</summary>
    public TimeSpan PatternTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    internal JsonSchemaOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDepth, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxErrors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PatternTimeout, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Documents);
        if (BaseUri is { IsAbsoluteUri: false })
        {
            throw new ArgumentException($"BaseUri must be absolute, and '{BaseUri}' is not.");
        }

        if (Documents.Keys.FirstOrDefault(uri => !uri.IsAbsoluteUri) is { } relative)
        {
            throw new ArgumentException($"Documents must be registered by absolute URIs, and '{relative}' is not one.");
        }

        return this;
    }
}
