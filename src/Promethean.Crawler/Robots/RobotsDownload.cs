using Promethean.SafeHttp;

namespace Promethean.Crawler;

/// <summary>Fetches one robots.txt and says what its absence means. Never throws for what a server or the network does.</summary>
internal sealed class RobotsDownload(HttpClient http, FetchOptions fetch, RobotsOptions options, TimeProvider time)
{
    public async Task<RobotsRules> GetAsync(Uri robotsUrl)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        try
        {
            return await FollowAsync(robotsUrl, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return RobotsRules.DisallowAll($"it was not complete within {options.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (NetworkFailure.Classify(e, robotsUrl) is not null)
        {
            return RobotsRules.DisallowAll(NetworkFailure.Words(e), addressForbidden: e is ForbiddenAddressException);
        }
    }

    private async Task<RobotsRules> FollowAsync(Uri robotsUrl, CancellationToken cancellationToken)
    {
        var url = robotsUrl;
        for (var hop = 0; hop <= options.MaxRedirects; hop++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, url);
            message.Headers.TryAddWithoutValidation("User-Agent", fetch.UserAgent);
            message.Headers.TryAddWithoutValidation("Accept", "text/plain, */*;q=0.1");
            message.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Accepted);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);

            if (!Redirection.IsRedirect(response.StatusCode)) return await ReadAsync(response, robotsUrl, cancellationToken).ConfigureAwait(false);
            if (Redirection.TargetOf(response, url) is not { Scheme: "http" or "https" } target) break;
            url = target;
        }
        return RobotsRules.AllowAll; // RFC 9309, 2.3.1.2: too many redirects may count as no file
    }

    private async Task<RobotsRules> ReadAsync(HttpResponseMessage response, Uri robotsUrl, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        // RFC 9309 counts 429 among the 4xx that allow all, but a site that is asking for quiet has not given leave.
        if (status is 429 or >= 500) return RobotsRules.DisallowAll($"the server answered {status}");
        if (status is not (>= 200 and < 300)) return RobotsRules.AllowAll;

        // One byte beyond what is parsed tells the parser that its last line may be cut.
        const int Cap = RobotsParser.MaxBytes + 1;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var wire = await CappedBody.ReadAsync(stream, Cap, cancellationToken).ConfigureAwait(false);
        return ContentCoding.TryDecode(wire.Bytes, response.Content.Headers.ContentEncoding, Cap, out var body)
            ? RobotsRules.Parse(body.Bytes.Span, fetch.ProductToken, robotsUrl)
            : RobotsRules.DisallowAll("its content coding is not known");
    }
}
