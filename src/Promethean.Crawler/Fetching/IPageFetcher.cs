namespace Promethean.Crawler;

/// <summary>Fetches single pages. Safe for concurrent use; politeness between fetches is the caller's.</summary>
public interface IPageFetcher
{
    /// <summary>
    /// Fetches one page, following redirects. Whatever a server or the network does becomes a result; the only
    /// exceptions are a cancelled token and an invalid <paramref name="request"/>.
    /// </summary>
    /// <param name="request">The page, and the validators of the copy held.</param>
    /// <param name="cancellationToken">Abandons the fetch.</param>
    /// <returns>One of the sealed records derived from <see cref="FetchResult"/>.</returns>
    Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellationToken = default);
}
