using Promethean.Broker;

namespace Promethean.Crawler;

/// <summary>Asks the models over the broker: temperature 0, no stream, the same seed each time.</summary>
internal sealed class ModelClient(IBrokerClient broker, CrawlerOptions options, TimeProvider time)
{
    private readonly RequestOptions _request = new() { Timeout = options.PassTimeout };

    /// <summary>Whether the broker is there; while it is not, failures are not the work's fault.</summary>
    public bool IsConnected => broker.State == BrokerConnectionState.Connected;

    public async Task<string> ChatAsync(string model, string system, string user, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await broker.RequestAsync(
            BrokerActions.ChatCompletion,
            new ChatCompletionRequest
            {
                Model = model,
                Messages = [new() { Role = "system", Content = system }, new() { Role = "user", Content = user }],
                Temperature = 0,
                Seed = 0,
            },
            BrokerJsonContext.Default.ChatCompletionRequest,
            BrokerJsonContext.Default.ChatComplete,
            _request,
            cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.ChatSeconds.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("model", model));
        return answer.Output.Text;
    }

    public async Task<float[]> EmbedAsync(string text, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await broker.RequestAsync(
            BrokerActions.EmbeddingQuery,
            new EmbeddingRequest { Model = options.EmbedModel, Input = [text] },
            BrokerJsonContext.Default.EmbeddingRequest,
            BrokerJsonContext.Default.EmbeddingResult,
            _request,
            cancellationToken).ConfigureAwait(false);
        CrawlerDiagnostics.EmbedSeconds.Record(time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("model", options.EmbedModel));
        return answer.Embeddings is [{ } vector] && vector.Length == options.EmbedDimension
            ? vector
            : throw new PassOutputException(
                $"'{options.EmbedModel}' answered {answer.Embeddings.Count} vectors of {answer.Dimension} numbers where one of {options.EmbedDimension} was asked for");
    }
}
