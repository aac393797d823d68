namespace Promethean.Crawler;

/// <summary>Why a page was not taken, though nothing failed.</summary>
public enum FetchRefusal
{
    /// <summary>The site's robots.txt disallows it.</summary>
    Robots,

    /// <summary>The site's robots.txt could not be had, so nothing of the site may be fetched now. Worth asking again later.</summary>
    RobotsUnreachable,

    /// <summary>Its host leads to an address that must not be reached.</summary>
    Address,

    /// <summary>Its URL has a scheme, port or user name that must not be used.</summary>
    Url,

    /// <summary>It is not of an accepted media type, or of an unknown content coding.</summary>
    MediaType,

    /// <summary>It is larger than the cap, as sent or once decompressed.</summary>
    TooLarge,

    /// <summary>It redirects in a circle, too often, or to nowhere.</summary>
    Redirects,

    /// <summary>It redirects to a page that <see cref="FetchRequest.FollowRedirect"/> declined.</summary>
    RedirectDeclined,
}
