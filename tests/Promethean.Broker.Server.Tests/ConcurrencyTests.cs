using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server.Tests;

public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Callers, workers, random cancels and errors, and a worker that leaves in the midst of it: every request ends exactly
    /// once, and the broker forgets them all.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(20261123)]
    public async Task Every_request_ends_exactly_once(int seed)
    {
        output.WriteLine($"seed {seed}");
        const int Callers = 4, Workers = 3, RequestsEach = 150;
        await using var broker = await TestBroker.StartAsync();
        for (var i = 0; i < Workers; i++)
        {
            var random = new Random(seed + i);
            await broker.Client().ServeAsync(["job"], (request, token) => AnswerAsync(request, random, token), new() { Concurrency = 1 + i }, Token);
        }

        var leaving = broker.Client();
        var leavingRandom = new Random(seed - 1);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await leaving.ServeAsync(["job"], LeaveAsync, new() { Concurrency = 4 }, Token);
        var calling = Task.WhenAll(Enumerable.Range(0, Callers).Select(index => Task.Run(() => CallAsync(broker.Client(), new Random((seed * 31) + index)), Token)));
        await entered.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        await leaving.DisposeAsync();
        var endings = await calling;

        endings.SelectMany(one => one).Should().HaveCount(Callers * RequestsEach).And.OnlyContain(count => count == 1);
        await Until.TrueAsync(() => broker.Work.Count() is (Workers, 0, 0));
        await AssertOneFinalEventPerIdAsync(broker.Frames);

        IAsyncEnumerable<BrokerReply> LeaveAsync(BrokerRequest request, CancellationToken cancellationToken)
        {
            entered.TrySetResult();
            return AnswerAsync(request, leavingRandom, cancellationToken);
        }

        async Task<List<int>> CallAsync(WebSocketBrokerClient client, Random random)
        {
            var running = Enumerable.Range(0, RequestsEach).Select(_ => OneAsync(client, random.Next(4), random.Next(3), random.Next(-2, 3))).ToList();
            return [.. await Task.WhenAll(running)];
        }
    }

    private static async Task<int> OneAsync(WebSocketBrokerClient client, int cancelAfter, int kind, int priority)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var endings = 0;
        try
        {
            var events = 0;
            await foreach (var reply in client.RequestStreamAsync("job", JsonPayload.Parse($"{kind}"), new() { Priority = priority }, cancellation.Token))
            {
                endings += reply.IsFinal ? 1 : 0;
                if (++events == cancelAfter && !reply.IsFinal)
                {
                    await cancellation.CancelAsync();
                }
            }
        }
        catch (BrokerException)
        {
            endings++;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            endings++;
        }

        return endings;
    }

    private static async IAsyncEnumerable<BrokerReply> AnswerAsync(BrokerRequest request, Random random, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int steps;
        lock (random)
        {
            steps = random.Next(4);
        }

        for (var i = 0; i < steps; i++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return WorkerReplies.Partial();
        }

        if (request.Payload.ToString() == "2")
        {
            throw new BrokerException(BrokerErrorCode.NotFound, "As asked.");
        }

        yield return WorkerReplies.Final();
    }

    private static async Task AssertOneFinalEventPerIdAsync(RecordedFrames frames)
    {
        // Ids are each connection's own, so what is counted is all final events against all frames that ask for one. The answer to
        // what a caller has given up may still be on its way.
        await Until.TrueAsync(() => Final() >= Asked());
        Final().Should().Be(Asked());

        int Final() => frames.Received.SelectMany(Objects).Count(frame => frame.TryGetProperty("final", out _));

        int Asked() => frames.Sent.SelectMany(Objects).Count(frame => frame.TryGetProperty("id", out _));

        static IEnumerable<System.Text.Json.JsonElement> Objects(string text)
        {
            var root = System.Text.Json.JsonDocument.Parse(text).RootElement;
            return root.ValueKind == System.Text.Json.JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
        }
    }
}
