using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Promethean.Crawler.Server;

/// <summary>Puts a crawler on the web.</summary>
public static class CrawlerEndpoints
{
    /// <summary>Maps <c>GET /search</c>, <c>GET /page/{id}</c>, <c>GET /crawl</c> and, at <c>GET /</c>, a page to look at. They only read.</summary>
    /// <remarks>
    /// <para><c>/search?q=&amp;tags=&amp;domain=&amp;limit=</c> answers <c>{query, hits: [{id, title, url, domain, tags, summary, score}]}</c>,
    /// best first; <c>tags</c> is a list with commas, all of which a page must have; <c>limit</c> is 1 to 100, 10 when left out.
    /// <c>/page/{id}</c> answers <c>{page}</c> with at most 100 neighbours each way, or 404. <c>/crawl</c> answers the progress.
    /// What is wrong with a request is a 400 with problem details; a broker that is away is a 503.</para>
    /// <para>There is no authorisation of its own: bind to loopback, or add a policy to what is returned.</para>
    /// </remarks>
    /// <param name="endpoints">Where to map; it needs what <see cref="CrawlerServiceCollectionExtensions.AddCrawler"/> registers.</param>
    /// <returns>The endpoints as one, to add conventions to.</returns>
    public static IEndpointConventionBuilder MapCrawler(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("");
        var page = new CrawlerPage();
        group.MapGet("/", page.AnswerAsync);
        group.MapGet("/search", (CrawlSearch search, string? q, string? tags, string? domain, string? limit, CancellationToken token) =>
            SearchEndpoint.AnswerAsync(search, q, tags, domain, limit, token));
        group.MapGet("/page/{id}", async (CrawlGraph graph, string id, CancellationToken token) =>
            await graph.FindPageAsync(id, cancellationToken: token).ConfigureAwait(false) is { } found
                ? Results.Json(new PageAnswer(found), CrawlerJson.Default.PageAnswer)
                : Results.Problem($"No page has the id '{id}'.", statusCode: StatusCodes.Status404NotFound));
        group.MapGet("/crawl", (WebCrawler crawler) => Results.Json(crawler.Progress, CrawlerJson.Default.CrawlProgress));
        return group;
    }
}
