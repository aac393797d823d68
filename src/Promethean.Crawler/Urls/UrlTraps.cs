namespace Promethean.Crawler;

/// <summary>Recognises URLs that lead nowhere good: doors that must not be pushed, and spaces without end.</summary>
internal static class UrlTraps
{
    /// <summary>Why the URL is not to be visited, or null.</summary>
    public static string? Find(Uri url, CrawlUrlPolicy policy)
    {
        if (policy.DeniedBy(url) is { } pattern) return $"matches the deny pattern '{pattern}'";
        if (policy.SessionUrls == SessionUrlHandling.Refuse && SessionParameters.Find(url, policy) is { } session)
            return $"carries a session or secret in '{session}'";

        var parameters = url.Query.Length < 2 ? 0 : url.Query.AsSpan().Count('&') + 1;
        if (parameters > policy.MaxQueryParameters) return $"has {parameters} query parameters, more than {policy.MaxQueryParameters}";

        var segments = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length > policy.MaxPathSegments) return $"has {segments.Length} path segments, more than {policy.MaxPathSegments}";

        foreach (var (segment, times) in segments.CountBy(segment => segment, StringComparer.OrdinalIgnoreCase))
            if (times > policy.MaxRepeatedSegments) return $"repeats the path segment '{segment}' {times} times";
        return null;
    }
}
