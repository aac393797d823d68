namespace Promethean.Crawler;

/// <summary>How long what robots.txt files say is believed, and how long they are waited for.</summary>
public sealed class RobotsOptions
{
    /// <summary>How long a file is used before it is asked for again; RFC 9309 wants at most a day. Default: 6 hours.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long a failure is believed before the file is asked for again. Default: 1 hour.</summary>
    public TimeSpan ErrorLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long fetching a file may take, redirects included. Default: 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most redirects followed. Default: 5, the least RFC 9309 asks for.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Most sites remembered; beyond, those due first are forgotten. Default: 10,000.</summary>
    public int MaxSites { get; init; } = 10_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Lifetime, TimeSpan.Zero, nameof(Lifetime));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ErrorLifetime, TimeSpan.Zero, nameof(ErrorLifetime));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero, nameof(Timeout));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRedirects, nameof(MaxRedirects));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSites, 1, nameof(MaxSites));
    }
}
