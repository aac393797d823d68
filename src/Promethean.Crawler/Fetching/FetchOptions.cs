using System.Collections.Frozen;

namespace Promethean.Crawler;

/// <summary>How the crawler asks for pages, and when it has had enough of one.</summary>
public sealed class FetchOptions
{
    /// <summary>
    /// What the crawler calls itself. Default: <c>PrometheanCrawler/1.0</c>; add an address where its operator can be reached.
    /// Robots.txt files address it by the part before the first slash or space.
    /// </summary>
    public string UserAgent { get; init; } = "PrometheanCrawler/1.0";

    /// <summary>Sent as <c>Accept-Language</c> when set. Default: none.</summary>
    public string? AcceptLanguage { get; init; }

    /// <summary>The media types that are read, in lower case. Default: HTML, XHTML and plain text.</summary>
    public IReadOnlySet<string> MediaTypes { get; init; } =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "text/html", "application/xhtml+xml", "text/plain");

    /// <summary>The largest body in bytes, both as sent and decompressed. Default: 5 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>How long a server may take to begin its answer, on each hop. Default: 15 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a fetch may take in all, redirects and body included. Default: 60 s.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most redirects followed. Default: 5.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>The name by which robots.txt files address the crawler.</summary>
    public string ProductToken => UserAgent.AsSpan().IndexOfAny("/ ") is var end and > 0 ? UserAgent[..end] : UserAgent;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(UserAgent, nameof(UserAgent));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBodyBytes, 1, nameof(MaxBodyBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HeaderTimeout, TimeSpan.Zero, nameof(HeaderTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TotalTimeout, TimeSpan.Zero, nameof(TotalTimeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRedirects, nameof(MaxRedirects));
    }
}
