using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Promethean.Workers.Tests;

/// <summary>As much of an Ollama server as the workers use, without a socket: <c>/api/chat</c> and <c>/api/embed</c>.</summary>
internal sealed class OllamaDouble : HttpMessageHandler
{
    public List<(string Path, JsonNode Body)> Requests { get; } = [];

    public TaskCompletionSource SlowAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
        var path = request.RequestUri!.AbsolutePath;
        Requests.Add((path, body));
        switch ((string?)body["model"])
        {
            case "broken":
                return Json(HttpStatusCode.InternalServerError, """{"error":"llama runner has crashed at /secret"}""");
            case "busy":
                return Json(HttpStatusCode.ServiceUnavailable, """{"error":"server busy"}""");
            case "slow":
                SlowAsked.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                break;
            case "tiny" when path.EndsWith("/api/chat", StringComparison.Ordinal):
                return Json(
                    HttpStatusCode.OK,
                    """{"model":"tiny","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hel"},"done":false}""" + "\n"
                    + """{"model":"tiny","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"lo"},"done":false}""" + "\n"
                    + """{"model":"tiny","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":11,"eval_count":2}""" + "\n");
            case "tiny":
                return Json(HttpStatusCode.OK, """{"model":"tiny","embeddings":[[0.5,0.25],[1,2]],"prompt_eval_count":5}""");
        }

        return Json(HttpStatusCode.NotFound, """{"error":"model 'x' not found"}""");
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
