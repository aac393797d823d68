using System.Collections.Concurrent;

namespace Promethean.Crawler;

/// <summary>Which hosts a run may visit: those of its seeds, and the allowed domains with their subdomains. Safe from any thread.</summary>
internal sealed class CrawlScope
{
    private readonly ConcurrentDictionary<string, bool> _authorities = new(StringComparer.Ordinal);
    private readonly string[] _domains;

    public CrawlScope(IEnumerable<string> authorities, IEnumerable<string> domains)
    {
        foreach (var authority in authorities) _authorities[authority] = true;
        _domains = [.. domains.Select(domain => domain.TrimStart('.').ToLowerInvariant())];
    }

    /// <summary>What is compared: the host, with its port where that is neither 80 nor 443, so that http and https are one site.</summary>
    public static string AuthorityOf(Uri url) => url.Port is 80 or 443 ? url.IdnHost : $"{url.IdnHost}:{url.Port}";

    /// <summary>Takes in one more host; true when it was not in.</summary>
    public bool Add(string authority) => _authorities.TryAdd(authority, true);

    public bool Contains(Uri url) => _authorities.ContainsKey(AuthorityOf(url)) || IsAllowed(url.IdnHost);

    private bool IsAllowed(string host)
    {
        foreach (var domain in _domains)
        {
            if (host == domain || (host.Length > domain.Length && host.EndsWith(domain, StringComparison.Ordinal) && host[host.Length - domain.Length - 1] == '.'))
                return true;
        }

        return false;
    }
}
