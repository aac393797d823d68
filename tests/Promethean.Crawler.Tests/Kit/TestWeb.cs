using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Promethean.Crawler.Tests;

/// <summary>A web in memory behind an <see cref="HttpMessageHandler"/>: hosts, pages with validators, redirects, errors; it writes down every request.</summary>
internal sealed class TestWeb(TimeProvider time) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<HttpResponseMessage>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<WebRequest> _requests = new();
    private readonly ConcurrentDictionary<string, int> _inFlight = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Called with each request before it is answered.</summary>
    public Func<Uri, CancellationToken, Task>? Before { get; set; }

    public IReadOnlyList<WebRequest> Requests => [.. _requests];

    /// <summary>Requests but those for robots.txt.</summary>
    public IReadOnlyList<WebRequest> Pages => [.. _requests.Where(request => request.Url.AbsolutePath != "/robots.txt")];

    public int MostAtOnce { get; private set; }

    public int MostAtOncePerHost { get; private set; }

    public void Forget() => _requests.Clear();

    public void Page(string url, string html) => Page(url, html, "text/html; charset=utf-8");

    public void Page(string url, string body, string mediaType)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        _answers[url] = () =>
        {
            var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, Headers = { ETag = tag } };
        };
    }

    public void Redirect(string url, string target) =>
        _answers[url] = () => new HttpResponseMessage(HttpStatusCode.MovedPermanently) { Headers = { Location = new Uri(target, UriKind.RelativeOrAbsolute) } };

    public void Status(string url, HttpStatusCode status, TimeSpan? retryAfter = null) => _answers[url] = () =>
    {
        var answer = new HttpResponseMessage(status);
        if (retryAfter is { } wait) answer.Headers.RetryAfter = new RetryConditionHeaderValue(wait);
        return answer;
    };

    /// <summary>Gives several answers in turn, the last one from then on.</summary>
    public void Turns(string url, params HttpStatusCode[] statuses)
    {
        var page = _answers[url];
        var turn = 0;
        _answers[url] = () =>
        {
            var now = Interlocked.Increment(ref turn) - 1;
            return now < statuses.Length ? new HttpResponseMessage(statuses[now]) : page();
        };
    }

    public void Down(string url) => _answers[url] = () => throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");

    public void Remove(string url) => _answers.TryRemove(url, out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        var host = url.GetLeftPart(UriPartial.Authority);
        var isPage = url.AbsolutePath != "/robots.txt";
        if (isPage)
        {
            MostAtOncePerHost = Math.Max(MostAtOncePerHost, _inFlight.AddOrUpdate(host, 1, (_, count) => count + 1));
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _all));
        }

        var started = time.GetUtcNow();
        try
        {
            if (Before is { } before) await before(url, cancellationToken);
            var answer = Answer(request, url);
            _requests.Enqueue(new WebRequest(url, (int)answer.StatusCode, started));
            return answer;
        }
        catch (HttpRequestException)
        {
            _requests.Enqueue(new WebRequest(url, 0, started));
            throw;
        }
        finally
        {
            if (isPage)
            {
                _inFlight.AddOrUpdate(host, 0, (_, count) => count - 1);
                Interlocked.Decrement(ref _all);
            }
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, Uri url)
    {
        // As most servers do, a query that means nothing to the page is ignored.
        var known = _answers.TryGetValue(url.AbsoluteUri, out var make) || _answers.TryGetValue(url.GetLeftPart(UriPartial.Path), out make);
        var answer = known ? make!() : new HttpResponseMessage(HttpStatusCode.NotFound);
        if (answer.Headers.ETag is { } tag && request.Headers.IfNoneMatch.Contains(tag))
            answer = new HttpResponseMessage(HttpStatusCode.NotModified) { Headers = { ETag = tag } };
        answer.Content ??= new ByteArrayContent([]);
        answer.RequestMessage = request;
        return answer;
    }
}

/// <summary>A request as it was answered; status 0 where there was no answer.</summary>
internal sealed record WebRequest(Uri Url, int Status, DateTimeOffset At);
