namespace Promethean.Crawler;

/// <summary>A seed that gave no page.</summary>
/// <param name="Seed">The seed as it was given.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Kind">What kind of thing is wrong with it.</param>
public sealed record FailedSeed(string Seed, string Reason, SeedFailure Kind);
