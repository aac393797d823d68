namespace Promethean.Crawler;

/// <summary>Why a seed gave no page.</summary>
public enum SeedFailure
{
    /// <summary>It is no URL that may be crawled.</summary>
    Invalid,

    /// <summary>It leads to an address that must not be reached, unless its network is allowed.</summary>
    ForbiddenAddress,

    /// <summary>The site's robots.txt disallows it.</summary>
    Robots,

    /// <summary>What it gives is no page: another media type, too large, a circle of redirects.</summary>
    NoPage,

    /// <summary>It could not be had: no such host, no connection, an error.</summary>
    Unreachable,
}
