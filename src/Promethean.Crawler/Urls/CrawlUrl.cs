using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Promethean.Crawler;

/// <summary>
/// A URL the crawler may visit, with the three identities it needs: what to ask for, what counts as the same page,
/// and whom to be polite to. Immutable; equal when <see cref="DedupKey"/> is equal.
/// </summary>
/// <remarks>
/// The address that is fetched is never rewritten beyond what every browser does (punycode host, percent-encoding,
/// dot segments, no fragment): dropping a slash or a parameter from it can turn a page into a redirect loop. All
/// folding of variants happens in <see cref="DedupKey"/> alone.
/// </remarks>
public sealed class CrawlUrl : IEquatable<CrawlUrl>
{
    private CrawlUrl(Uri fetchUrl, string dedupKey, string hostKey)
    {
        FetchUrl = fetchUrl;
        DedupKey = dedupKey;
        HostKey = hostKey;
        Id = Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(dedupKey)));
    }

    /// <summary>What is asked for on the wire: absolute, host in punycode, without a fragment.</summary>
    public Uri FetchUrl { get; }

    /// <summary>What counts as the same page under the policy. Normalising it again gives the same text.</summary>
    public string DedupKey { get; }

    /// <summary>The SHA-1 of <see cref="DedupKey"/> in UTF-8, as 40 lower-case hex digits: the id of the page's document.</summary>
    public string Id { get; }

    /// <summary>
    /// <c>scheme://host:port</c>, the port always written: the authority that requests in flight and delays are counted by.
    /// </summary>
    public string HostKey { get; }

    /// <summary>Reads an absolute URL; refuses what the policy does not want visited.</summary>
    /// <param name="text">The URL as found; surrounding white space, and tabs and line breaks inside, are ignored as in browsers.</param>
    /// <param name="policy">What to refuse and what to fold.</param>
    /// <param name="url">The URL, when the answer is true.</param>
    /// <param name="reason">Why it was refused, for a log or a user, when the answer is false.</param>
    /// <returns>Whether the URL may be visited. Never throws for foreign text.</returns>
    public static bool TryCreate(
        string text, CrawlUrlPolicy policy, [NotNullWhen(true)] out CrawlUrl? url, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(policy);
        url = null;
        if (text.Length > policy.MaxLength) return Refused($"longer than {policy.MaxLength} characters", out reason);

        return Uri.TryCreate(UrlText.StripBreaks(text), UriKind.Absolute, out var parsed)
            ? TryCreate(parsed, policy, out url, out reason)
            : Refused("not an absolute URL", out reason);
    }

    /// <summary>Takes an absolute URL; refuses what the policy does not want visited.</summary>
    /// <param name="candidate">The URL as found.</param>
    /// <param name="policy">What to refuse and what to fold.</param>
    /// <param name="url">The URL, when the answer is true.</param>
    /// <param name="reason">Why it was refused, for a log or a user, when the answer is false.</param>
    /// <returns>Whether the URL may be visited. Never throws for foreign text.</returns>
    public static bool TryCreate(
        Uri candidate, CrawlUrlPolicy policy, [NotNullWhen(true)] out CrawlUrl? url, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(policy);
        url = null;
        if (!candidate.IsAbsoluteUri) return Refused("not an absolute URL", out reason);
        if (!policy.AllowedSchemes.Contains(candidate.Scheme)) return Refused($"scheme '{candidate.Scheme}' is not allowed", out reason);
        if (candidate.UserInfo.Length > 0) return Refused("carries a user name or password", out reason);
        if (UrlText.AsFetched(candidate) is not { } fetch) return Refused("its host is not a valid name", out reason);
        if (UrlText.KeyHost(fetch).EndsWith(".onion", StringComparison.Ordinal)) return Refused("a Tor hidden service", out reason);
        if (fetch.AbsoluteUri.Length > policy.MaxLength) return Refused($"longer than {policy.MaxLength} characters", out reason);
        if (UrlTraps.Find(fetch, policy) is { } trap) return Refused(trap, out reason);

        var host = UrlText.KeyHost(fetch);
        url = new CrawlUrl(fetch, DedupKeys.Create(fetch, host, policy), $"{fetch.Scheme}://{host}:{fetch.Port}");
        reason = null;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(CrawlUrl? other) => other is not null && other.DedupKey == DedupKey;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CrawlUrl);

    /// <inheritdoc/>
    public override int GetHashCode() => DedupKey.GetHashCode(StringComparison.Ordinal);

    /// <summary>The address that is fetched.</summary>
    public override string ToString() => FetchUrl.AbsoluteUri;

    private static bool Refused(string why, out string? reason)
    {
        reason = why;
        return false;
    }
}
