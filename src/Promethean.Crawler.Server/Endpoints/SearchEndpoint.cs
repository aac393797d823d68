using System.Globalization;
using Microsoft.AspNetCore.Http;
using Promethean.Broker;

namespace Promethean.Crawler.Server;

/// <summary>Answers searches.</summary>
internal static class SearchEndpoint
{
    private const int LongestQuery = 1000;

    public static async Task<IResult> AnswerAsync(CrawlSearch search, string? text, string? tags, string? domain, string? limit, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text)) return Wrong("'q' is missing: say what to search for.");
        if (text.Length > LongestQuery) return Wrong($"'q' has {text.Length} characters; it may have {LongestQuery}.");
        var most = 10;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > 100))
            return Wrong("'limit' must be a whole number from 1 to 100.");

        var query = new CrawlSearchQuery
        {
            Text = text,
            Tags = tags?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Domain = string.IsNullOrWhiteSpace(domain) ? null : domain.Trim(),
            Limit = most,
        };
        try
        {
            return Results.Json(new SearchAnswer(text, await search.SearchAsync(query, cancellationToken).ConfigureAwait(false)), CrawlerJson.Default.SearchAnswer);
        }
        catch (BrokerException e) when (e.IsTransient)
        {
            return Results.Problem($"The query could not be embedded: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Wrong(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
