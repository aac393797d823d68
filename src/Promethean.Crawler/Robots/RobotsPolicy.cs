using System.Collections.Concurrent;

namespace Promethean.Crawler;

/// <summary>
/// Fetches and remembers robots.txt per site. Callers who ask at the same time share one fetch. A file that answers 4xx
/// counts as none; one that cannot be had (5xx, 429, no connection) forbids its site until it can, unless an earlier copy
/// is still held (RFC 9309, 2.3.1 and 2.4).
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class RobotsPolicy : IRobotsPolicy
{
    private readonly ConcurrentDictionary<string, Site> _sites = new(StringComparer.OrdinalIgnoreCase);
    private readonly RobotsDownload _download;
    private readonly RobotsOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a policy that remembers nothing yet.</summary>
    /// <param name="http">Sends the requests; not disposed here. Like the fetcher's, it should be over a guarded handler that follows no redirects.</param>
    /// <param name="fetch">The crawler's name.</param>
    /// <param name="options">Lifetimes and limits.</param>
    /// <param name="time">Ages what is remembered; null for the system's time.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RobotsPolicy(HttpClient http, FetchOptions? fetch = null, RobotsOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _options = options ?? new RobotsOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _download = new RobotsDownload(http, fetch ?? new FetchOptions(), _options, _time);
    }

    /// <inheritdoc/>
    public async ValueTask<RobotsRules> GetAsync(Uri url, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return await FindSite(url.GetLeftPart(UriPartial.Authority)).Rules.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Site FindSite(string authority)
    {
        while (true)
        {
            var known = _sites.GetValueOrDefault(authority);
            if (known is not null && !known.IsDue(_time.GetUtcNow())) return known;

            var fresh = new Site(site => AskAsync(authority, site, known?.Settled));
            if (known is null ? _sites.TryAdd(authority, fresh) : _sites.TryUpdate(authority, fresh, known))
            {
                if (_sites.Count > _options.MaxSites) Forget();
                return fresh;
            }
        }
    }

    private async Task<RobotsRules> AskAsync(string authority, Site site, Settled? earlier)
    {
        var rules = await _download.GetAsync(new Uri(authority + "/robots.txt")).ConfigureAwait(false);
        var lifetime = rules.Unreachable ? _options.ErrorLifetime : _options.Lifetime;
        if (rules.Unreachable && earlier is { Rules.Unreachable: false }) rules = earlier.Rules;
        site.Settled = new Settled(rules, _time.GetUtcNow() + lifetime);
        return rules;
    }

    private void Forget()
    {
        var first = _sites.Where(site => site.Value.Settled is not null)
            .OrderBy(site => site.Value.Settled!.DueAt)
            .Take((_options.MaxSites / 10) + 1)
            .ToList();
        foreach (var site in first) _sites.TryRemove(site);
    }

    private sealed record Settled(RobotsRules Rules, DateTimeOffset DueAt);

    // The fetch begins when the rules are first asked for, and is not any one caller's: none of them can cancel it.
    private sealed class Site
    {
        private readonly Lazy<Task<RobotsRules>> _rules;
        private volatile Settled? _settled;

        public Site(Func<Site, Task<RobotsRules>> ask) => _rules = new Lazy<Task<RobotsRules>>(() => ask(this));

        public Task<RobotsRules> Rules => _rules.Value;

        public Settled? Settled
        {
            get => _settled;
            set => _settled = value;
        }

        public bool IsDue(DateTimeOffset now) => _settled?.DueAt <= now || (_rules.IsValueCreated && _rules.Value.IsFaulted);
    }
}
