using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Promethean.Crawler.Tests;

/// <summary>Answers requests in memory: the web of a test. Unknown addresses answer 404.</summary>
internal sealed class StubSite : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _pages = new();

    public ConcurrentQueue<HttpRequestMessage> Requests { get; } = new();

    public IEnumerable<string> Asked => Requests.Select(request => request.RequestUri!.AbsoluteUri);

    public StubSite On(string url, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _pages[url] = answer;
        return this;
    }

    public StubSite On(string url, Func<HttpRequestMessage, HttpResponseMessage> answer) => On(url, (request, _) => Task.FromResult(answer(request)));

    public StubSite On(string url, int status, string body = "", params (string Name, string Value)[] headers) =>
        On(url, _ => Response(status, Encoding.UTF8.GetBytes(body), headers));

    public static HttpResponseMessage Response(int status, byte[] body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
            if (!response.Headers.TryAddWithoutValidation(name, value)) response.Content.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        return _pages.TryGetValue(request.RequestUri!.AbsoluteUri, out var answer)
            ? answer(request, cancellationToken)
            : Task.FromResult(Response(404, []));
    }
}
