using System.Net;

namespace Promethean.Crawler;

/// <summary>
/// Fetches pages with GET over a client that cannot reach inward: follows redirects one by one, asks robots.txt before each
/// hop, asks conditionally where a copy is held, and stops at caps of size and time. It never retries: whether and when is
/// for whoever queues the pages.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Give it a client over a <see cref="SafeHttp.SafeHttpHandler"/>, which judges the address and
/// port of each hop; a client that follows redirects or decompresses by itself defeats the checks made here.
/// </remarks>
public sealed class PageFetcher : IPageFetcher
{
    private readonly HttpClient _http;
    private readonly IRobotsPolicy _robots;
    private readonly FetchOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a fetcher.</summary>
    /// <param name="http">Sends the requests; not disposed here.</param>
    /// <param name="robots">Asked before every hop.</param>
    /// <param name="options">How to ask, and the caps.</param>
    /// <param name="time">Measures and limits; null for the system's time.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PageFetcher(HttpClient http, IRobotsPolicy robots, FetchOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(robots);
        _http = http;
        _robots = robots;
        _options = options ?? new FetchOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public async Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Url.IsAbsoluteUri) throw new ArgumentException("The URL must be absolute.", nameof(request));

        var started = _time.GetTimestamp();
        var redirects = new List<Uri>();
        var result = await FollowAsync(request, redirects, cancellationToken).ConfigureAwait(false);
        return result with { Redirects = redirects, Elapsed = _time.GetElapsedTime(started) };
    }

    private async Task<FetchResult> FollowAsync(FetchRequest request, List<Uri> redirects, CancellationToken cancellationToken)
    {
        var url = request.Url;
        if (await RefuseAsync(url, url, cancellationToken).ConfigureAwait(false) is { } refused) return refused;

        using var total = new CancellationTokenSource(_options.TotalTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token);
        while (true)
        {
            var (result, target) = await HopAsync(request, url, linked.Token, cancellationToken).ConfigureAwait(false);
            if (result is not null) return result;
            if (RefuseRedirect(request, url, target, redirects) is { } declined) return declined;
            redirects.Add(url);
            if (await RefuseAsync(target!, url, cancellationToken).ConfigureAwait(false) is { } stopped) return stopped;
            url = target!;
        }
    }

    // What the rules say of an address before anything is sent to it; the address and port are judged at connect time.
    private async ValueTask<FetchRefused?> RefuseAsync(Uri url, Uri finalUrl, CancellationToken cancellationToken)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            return Refused(finalUrl, url, FetchRefusal.Url, $"the scheme '{url.Scheme}' is not http or https");
        if (url.UserInfo.Length > 0)
            return Refused(finalUrl, url, FetchRefusal.Url, "the URL carries a user name or password");

        var rules = await _robots.GetAsync(url, cancellationToken).ConfigureAwait(false);
        if (rules.IsAllowed(url)) return null;
        if (!rules.Unreachable) return Refused(finalUrl, url, FetchRefusal.Robots, $"robots.txt of {url.Authority} disallows {url.PathAndQuery}");
        return rules.AddressForbidden
            ? Refused(finalUrl, url, FetchRefusal.Address, rules.UnreachableReason!)
            : Refused(finalUrl, url, FetchRefusal.RobotsUnreachable, $"robots.txt of {url.Authority} could not be had: {rules.UnreachableReason}");
    }

    private FetchRefused? RefuseRedirect(FetchRequest request, Uri url, Uri? target, List<Uri> redirects)
    {
        if (target is null) return Refused(url, url, FetchRefusal.Redirects, "it redirects to nowhere: no valid Location");
        if (target == url || redirects.Contains(target)) return Refused(url, target, FetchRefusal.Redirects, $"it redirects in a circle, back to {target}");
        if (redirects.Count >= _options.MaxRedirects)
            return Refused(url, target, FetchRefusal.Redirects, $"it redirects more than {_options.MaxRedirects} times");
        return request.FollowRedirect is { } follow && !follow(target)
            ? Refused(url, target, FetchRefusal.RedirectDeclined, $"it redirects to {target}, which is not followed from here")
            : null;
    }

    /// <summary>One request: its result, or the target it redirects to (null where it names none).</summary>
    private async Task<(FetchResult? Result, Uri? Target)> HopAsync(
        FetchRequest request, Uri url, CancellationToken limit, CancellationToken cancellationToken)
    {
        var inBody = false;
        try
        {
            using var message = CreateMessage(request, url, out var conditional);
            using var response = await SendAsync(message, limit).ConfigureAwait(false);
            if (Redirection.IsRedirect(response.StatusCode)) return (null, Redirection.TargetOf(response, url));

            inBody = true;
            return (await ReadAnswerAsync(response, url, conditional, limit).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = limit.IsCancellationRequested ? $"it was not complete within {_options.TotalTimeout.TotalSeconds:0.#} s"
                : inBody ? "the connection timed out"
                : $"no answer began within {_options.HeaderTimeout.TotalSeconds:0.#} s";
            return (new FetchFailed { FinalUrl = url, Reason = reason, IsTransient = true }, null);
        }
        catch (Exception e) when (NetworkFailure.Classify(e, url) is { } failure)
        {
            return (failure, null);
        }
    }

    private HttpRequestMessage CreateMessage(FetchRequest request, Uri url, out bool conditional)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, url);
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        message.Headers.TryAddWithoutValidation("Accept", string.Join(", ", _options.MediaTypes));
        message.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Accepted);
        if (_options.AcceptLanguage is not null) message.Headers.TryAddWithoutValidation("Accept-Language", _options.AcceptLanguage);

        conditional = false;
        if (url != (request.ValidatorUrl ?? request.Url)) return message;
        if (request.ETag is not null) conditional |= message.Headers.TryAddWithoutValidation("If-None-Match", request.ETag);
        if (request.LastModified is not null) conditional |= message.Headers.TryAddWithoutValidation("If-Modified-Since", request.LastModified);
        return message;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken limit)
    {
        using var headers = new CancellationTokenSource(_options.HeaderTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit, headers.Token);
        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
    }

    private async Task<FetchResult> ReadAnswerAsync(HttpResponseMessage response, Uri url, bool conditional, CancellationToken limit)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.NotModified && conditional)
            return new PageNotModified { FinalUrl = url, ETag = ResponseFacts.Header(response, "ETag"), LastModified = ResponseFacts.Header(response, "Last-Modified") };
        if (status is not (>= 200 and < 300) || status is 204 or 205 or 206)
        {
            return new FetchFailed
            {
                FinalUrl = url,
                Reason = $"the server answered {status}",
                Status = status,
                IsTransient = ResponseFacts.IsTransient(status),
                RetryAfter = ResponseFacts.RetryAfter(response, _time.GetUtcNow()),
            };
        }

        var (mediaType, charset) = ResponseFacts.ContentType(response);
        if (mediaType is not null && !_options.MediaTypes.Contains(mediaType))
            return Refused(url, url, FetchRefusal.MediaType, $"its media type is {mediaType}");
        if (response.Content.Headers.ContentLength > _options.MaxBodyBytes) return TooLarge(url);

        var stream = await response.Content.ReadAsStreamAsync(limit).ConfigureAwait(false);
        var wire = await CappedBody.ReadAsync(stream, _options.MaxBodyBytes, limit).ConfigureAwait(false);
        if (wire.Exceeded) return TooLarge(url);
        if (!ContentCoding.TryDecode(wire.Bytes, response.Content.Headers.ContentEncoding, _options.MaxBodyBytes, out var body))
            return Refused(url, url, FetchRefusal.MediaType, $"its content coding is {string.Join(", ", response.Content.Headers.ContentEncoding)}");
        if (body.Exceeded) return TooLarge(url);

        mediaType ??= MediaTypeSniffer.Sniff(body.Bytes.Span);
        if (!_options.MediaTypes.Contains(mediaType))
            return Refused(url, url, FetchRefusal.MediaType, $"it names no media type and looks like {mediaType}");
        return new FetchedPage
        {
            FinalUrl = url,
            Status = status,
            MediaType = mediaType,
            Charset = charset,
            Body = body.Bytes,
            BytesRead = wire.Bytes.Length,
            ETag = ResponseFacts.Header(response, "ETag"),
            LastModified = ResponseFacts.Header(response, "Last-Modified"),
            MaxAge = response.Headers.CacheControl?.MaxAge,
            RobotsTags = ResponseFacts.Headers(response, "X-Robots-Tag"),
        };
    }

    private FetchRefused TooLarge(Uri url) =>
        Refused(url, url, FetchRefusal.TooLarge, $"it is larger than {_options.MaxBodyBytes} bytes");

    private static FetchRefused Refused(Uri finalUrl, Uri target, FetchRefusal refusal, string reason) =>
        new() { FinalUrl = finalUrl, Target = target, Refusal = refusal, Reason = reason };
}
