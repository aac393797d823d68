using System.Text;

namespace Promethean.Crawler;

/// <summary>Writes the text under which variants of one page's URL are counted as one.</summary>
internal static class DedupKeys
{
    public static string Create(Uri fetchUrl, string host, CrawlUrlPolicy policy)
    {
        var key = new StringBuilder(fetchUrl.AbsoluteUri.Length)
            .Append(fetchUrl.Scheme).Append("://").Append(host);
        if (!fetchUrl.IsDefaultPort) key.Append(':').Append(fetchUrl.Port);
        AppendPath(key, fetchUrl.AbsolutePath, policy);
        AppendQuery(key, fetchUrl.Query, policy);
        return key.ToString();
    }

    // RFC 3986, 5.2.4: decoding may have brought dot segments to light (%2e%2e), so they are removed here, not before.
    private static void AppendPath(StringBuilder key, string path, CrawlUrlPolicy policy)
    {
        var segments = UrlText.NormalizePercent(path).Split('/');
        var kept = new List<string>(segments.Length);
        for (var i = 1; i < segments.Length; i++)
        {
            var segment = WithoutSessionSuffix(segments[i], policy);
            var last = i == segments.Length - 1;
            if (segment is "..")
            {
                if (kept.Count > 0) kept.RemoveAt(kept.Count - 1);
                if (last) kept.Add("");
            }
            else if (segment is ".")
            {
                if (last) kept.Add("");
            }
            else if (last || segment.Length > 0 || !policy.CollapseSlashes)
            {
                kept.Add(segment);
            }
        }
        if (kept.Count == 0) key.Append('/');
        foreach (var segment in kept) key.Append('/').Append(segment);
    }

    // Servlet containers put the session into the path: /page;jsessionid=0A1B…
    private static string WithoutSessionSuffix(string segment, CrawlUrlPolicy policy)
    {
        var parameter = segment.IndexOf(';');
        if (parameter < 0) return segment;

        var parts = segment.Split(';');
        return string.Join(';', parts.Where((part, i) => i == 0 || !SessionParameters.Carries(part, policy)));
    }

    private static void AppendQuery(StringBuilder key, string query, CrawlUrlPolicy policy)
    {
        if (query.Length < 2) return;

        // OrderBy is stable: the order of several values of one name can matter to the server and is kept.
        var separator = '?';
        foreach (var pair in query[1..].Split('&')
            .Where(pair => pair.Length > 0)
            .Select(pair => UrlText.NormalizePercent(pair))
            .Where(pair => !policy.IsDropped(NameOf(pair)) && !SessionParameters.Carries(pair, policy))
            .OrderBy(NameOf, StringComparer.Ordinal))
        {
            key.Append(separator).Append(pair);
            separator = '&';
        }
    }

    private static string NameOf(string pair) => pair.IndexOf('=') is var at and >= 0 ? pair[..at] : pair;
}
