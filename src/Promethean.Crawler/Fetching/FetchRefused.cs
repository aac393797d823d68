namespace Promethean.Crawler;

/// <summary>The page was not taken, by rule. Asking again at once would end the same.</summary>
public sealed record FetchRefused : FetchResult
{
    /// <summary>Which rule.</summary>
    public required FetchRefusal Refusal { get; init; }

    /// <summary>The rule and what broke it, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>The address that was refused: <see cref="FetchResult.FinalUrl"/>, or the redirect target it named.</summary>
    public required Uri Target { get; init; }
}
