namespace Promethean.Crawler;

/// <summary>A URL taken from the frontier, to be fetched.</summary>
internal sealed record FrontierUrl
{
    public required string Id { get; init; }

    public required Uri Url { get; init; }

    public required string HostKey { get; init; }

    /// <summary>Links away from a seed.</summary>
    public required int Depth { get; init; }

    /// <summary>Tries that failed before this one.</summary>
    public required int Tries { get; init; }

    /// <summary>Redirects that led here.</summary>
    public required int Hops { get; init; }

    /// <summary>Whether a seed's redirects led here: then its host is in scope, whichever it is.</summary>
    public required bool FromSeed { get; init; }

    /// <summary>Whether the page's canonical address proved to be no page, so that the page counts as itself.</summary>
    public required bool IgnoresCanonical { get; init; }

    /// <summary>The page this URL was an alias of when last fetched; with the validators of that answer.</summary>
    public AliasNote? Alias { get; init; }

    /// <summary>The page stored under it, or null.</summary>
    public KnownPage? Known { get; init; }
}
