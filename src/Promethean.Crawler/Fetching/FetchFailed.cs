namespace Promethean.Crawler;

/// <summary>The page could not be had: the network failed, or the server said no.</summary>
public sealed record FetchFailed : FetchResult
{
    /// <summary>What went wrong, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>The status the server answered, or null where no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the same request may well succeed later (overload, time-out, lost connection).</summary>
    public required bool IsTransient { get; init; }

    /// <summary>How long the server asks to be left alone (<c>Retry-After</c>), or null.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
