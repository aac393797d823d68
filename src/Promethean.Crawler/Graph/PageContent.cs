using System.Security.Cryptography;
using System.Text;

namespace Promethean.Crawler;

/// <summary>A page as fetched and parsed, ready to be stored.</summary>
internal sealed record PageContent(FrontierUrl Url, FetchedPage Fetched, ParsedPage Parsed)
{
    /// <summary>SHA-256 of title and text in UTF-8: what the models see, so equal hashes mean equal work.</summary>
    public string ContentSha256 { get; } = Hash(Parsed);

    /// <summary>Whether there is nothing to summarise, or the page asks not to be found.</summary>
    public bool IsExcluded => Parsed.NoIndex || Parsed.Text.Length == 0;

    private static string Hash(ParsedPage page)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(page.Title));
        hash.AppendData("\n"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(page.Text));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
