using System.Net;

namespace Promethean.Crawler;

/// <summary>Reads redirects.</summary>
internal static class Redirection
{
    public static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Where the answer redirects to, resolved and without fragment; null where it names no valid URL.</summary>
    public static Uri? TargetOf(HttpResponseMessage response, Uri url) =>
        ResponseFacts.Header(response, "Location") is { } location
        && Uri.TryCreate(url, UrlText.StripBreaks(location), out var target)
        && target.UserInfo.Length == 0
            ? UrlText.AsFetched(target)
            : null;
}
