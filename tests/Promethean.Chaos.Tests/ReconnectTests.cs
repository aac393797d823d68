using Promethean.Broker;

namespace Promethean.Chaos.Tests;

/// <summary>Many clients that lose their broker at the same moment.</summary>
[Trait("Category", "Integration")]
public sealed class ReconnectTests(ITestOutputHelper output)
{
    private const int Clients = 50;
    private static readonly TimeSpan Bucket = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_that_lose_a_broker_together_do_not_come_back_together()
    {
        var delay = TimeSpan.FromSeconds(1);
        var broker = await BrokerProcess.ServeAsync(Timing.Short, Token);
        await using var proxy = new FaultyProxy(broker.Url);
        var clients = await Task.WhenAll(Enumerable.Range(1, Clients).Select(async seed =>
        {
            var options = broker.Options(proxy.Url);
            (options.Seed, options.ReconnectDelay, options.MaxReconnectDelay, options.ConnectTimeout) = (seed, delay, delay * 2, TimeSpan.FromSeconds(10));
            return await WebSocketBrokerClient.ConnectAsync(options, cancellationToken: Token);
        }));
        var before = proxy.Accepted.Count;
        await broker.DisposeAsync();
        var lost = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync(() => proxy.Accepted.Count >= before + Clients, lost, Token);
        await using var again = await BrokerProcess.ServeAsync(Timing.Short, Token, broker.Url.Port);
        var back = await Task.WhenAll(clients.Select(client => Until.TrueAsync(() => client.State is BrokerConnectionState.Connected, lost, Token)));

        // The first attempt of each: its second comes no sooner than the shortest delay after it.
        var first = proxy.Accepted.Skip(before).Take(Clients).Select(time => TimeProvider.System.GetElapsedTime(lost, time)).ToList();
        var buckets = first.GroupBy(time => (int)(time / Bucket)).ToDictionary(group => group.Key, group => group.Count());
        output.WriteLine($"first attempts from {first.Min().TotalMilliseconds:0} to {first.Max().TotalMilliseconds:0} ms after the loss, in {buckets.Count} of the 50 ms: "
            + $"{string.Join(' ', buckets.OrderBy(bucket => bucket.Key).Select(bucket => $"{bucket.Key * 50}:{bucket.Value}"))}; all back after {back.Max().TotalMilliseconds:0} ms");
        buckets.Values.Max().Should().BeLessThanOrEqualTo(Clients / 3);
        (first.Max() - first.Min()).Should().BeGreaterThan(delay / 4, "the first delay is drawn from half of its length");
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Two_seeds_wait_differently_and_the_same_seed_waits_alike()
    {
        var one = await AttemptsAsync(1);
        var two = await AttemptsAsync(2);
        var oneAgain = await AttemptsAsync(1);

        output.WriteLine($"seed 1: {string.Join(' ', one)} ms; seed 2: {string.Join(' ', two)} ms; seed 1 again: {string.Join(' ', oneAgain)} ms");
        oneAgain.Should().Equal(one);
        two.Should().NotEqual(one);
    }

    /// <summary>What a client waits between five attempts that fail, by a clock that counts waits and does not wait.</summary>
    private static async Task<IReadOnlyList<double>> AttemptsAsync(int seed)
    {
        var time = new ImpatientTime();
        var failures = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = new WebSocketBrokerClient(
            new()
            {
                Seed = seed,
                DisconnectedTimeout = TimeSpan.FromDays(1),
                Connector = (_, _, _) =>
                {
                    if (Interlocked.Increment(ref failures) == 6)
                    {
                        enough.TrySetResult();
                    }

                    throw new IOException("There is no broker.");
                },
            },
            time);
        var connecting = client.ConnectAsync(Token).AsTask();
        await enough.Task.WaitAsync(ChildProcess.HangGuard, TimeProvider.System, Token);
        await client.DisposeAsync();
        await connecting.ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
        return [.. time.Waits.Take(5).Select(wait => Math.Round(wait.TotalMilliseconds, 1))];
    }
}
