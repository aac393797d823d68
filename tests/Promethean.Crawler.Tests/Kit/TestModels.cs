using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Promethean.Broker;
using Promethean.Vectors;

namespace Promethean.Crawler.Tests;

/// <summary>A worker that answers from the page's own words, writes down what it was asked, and fails when told to.</summary>
internal sealed partial class TestModels : IDisposable
{
    private readonly LexicalEmbeddingGenerator _embeddings = new(384);

    public ConcurrentQueue<(string Model, string Url)> Chats { get; } = new();

    public ConcurrentQueue<ChatCompletionRequest> Requests { get; } = new();

    /// <summary>Called before each answer with the model and the page's URL; throws to fail.</summary>
    public Func<string, string, Task>? Before { get; set; }

    public static async Task<TestModels> ServeAsync(IBrokerClient broker)
    {
        var models = new TestModels();
        await broker.ServeAsync([BrokerActions.ChatCompletion, BrokerActions.EmbeddingQuery], models.AnswerAsync, new ServeOptions { Concurrency = 8 });
        return models;
    }

    public static string SummaryOf(string text) => "Summary: " + string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(30));

    public void Dispose() => _embeddings.Dispose();

    private async IAsyncEnumerable<BrokerReply> AnswerAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.Action == BrokerActions.EmbeddingQuery)
        {
            var asked = request.Payload.Read(BrokerJsonContext.Default.EmbeddingRequest)!;
            if (Before is not null) await Before(asked.Model, "");
            var vectors = await _embeddings.GenerateAsync(asked.Input, cancellationToken: cancellationToken);
            yield return BrokerReply.Final(
                BrokerEvents.EmbeddingResult,
                new EmbeddingResult { Embeddings = [.. vectors.Select(vector => vector.Vector.ToArray())], Model = asked.Model, Dimension = 384, Usage = new TokenUsage() },
                BrokerJsonContext.Default.EmbeddingResult);
            yield break;
        }

        var chat = request.Payload.Read(BrokerJsonContext.Default.ChatCompletionRequest)!;
        var page = Page().Match(chat.Messages[^1].Content);
        Requests.Enqueue(chat);
        if (Before is not null) await Before(chat.Model, page.Groups["url"].Value);
        Chats.Enqueue((chat.Model, page.Groups["url"].Value));
        var text = page.Groups["text"].Value;
        var output = chat.Model.Contains("tags", StringComparison.Ordinal)
            ? string.Join(", ", Words().Matches(text).Select(word => "#" + word.Value.ToLowerInvariant()).Distinct().Take(5))
            : SummaryOf(text);
        yield return BrokerReply.Final(
            BrokerEvents.ChatComplete,
            new ChatComplete { Output = new ChatOutput { Text = output, FinishReason = "stop" }, Usage = new TokenUsage(), Model = chat.Model },
            BrokerJsonContext.Default.ChatComplete);
    }

    [GeneratedRegex("<page url=\"(?<url>[^\"]*)\">\n(?<text>.*)\n</page>$", RegexOptions.Singleline)]
    private static partial Regex Page();

    [GeneratedRegex(@"\p{L}{4,}")]
    private static partial Regex Words();
}
