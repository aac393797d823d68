namespace Promethean.Broker.Server.Tests;

/// <summary>The client's side of sessions: what a loss costs, and what it does not.</summary>
public sealed class ResumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_in_flight_goes_on_over_the_next_socket_and_is_served_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var served = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await broker.Client().ServeAsync(["job"], ServeAsync, cancellationToken: Token);
        var caller = broker.Client();
        var asking = caller.RequestAsync("job", JsonPayload.Parse("7"), cancellationToken: Token).AsTask();
        await Until.TrueAsync(() => Volatile.Read(ref served) == 1);
        broker.AbortConnections();
        gate.SetResult();
        (await asking).Body.ToString().Should().Be("""{"echo":7}""");
        served.Should().Be(1);

        async IAsyncEnumerable<BrokerReply> ServeAsync(
            BrokerRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref served);
            await gate.Task.WaitAsync(cancellationToken);
            yield return new("done", JsonPayload.Parse($$"""{"echo":{{request.Payload}}}"""), true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261125)]
    public async Task Nothing_is_lost_doubled_or_reordered_however_often_the_socket_breaks(int seed)
    {
        const int Messages = 2000;
        await using var broker = await TestBroker.StartAsync(options => (options.MaxQueuedMessages, options.ResumeWindow) = (10_000, TimeSpan.FromMinutes(1)));
        var random = new Random(seed);
        var got = new List<int>();
        var gaps = 0;
        var subscriber = broker.Client();
        await subscriber.SubscribeAsync(
            "n",
            (message, _) =>
            {
                got.Add(int.Parse(message.Payload.ToString(), System.Globalization.CultureInfo.InvariantCulture));
                return ValueTask.CompletedTask;
            },
            new() { Capacity = Messages, OnGap = _ => gaps++ },
            Token);
        var publisher = broker.Client();
        for (var i = 0; i < Messages; i++)
        {
            await publisher.PublishAsync("n", JsonPayload.Parse($"{i}"), cancellationToken: Token);
            if (random.Next(100) == 0)
            {
                broker.AbortConnections();
            }
        }

        await Until.TrueAsync(() => got.Count >= Messages);
        got.Should().Equal(Enumerable.Range(0, Messages), $"seed {seed}");
        gaps.Should().Be(0);
    }

    [Fact]
    public async Task Beyond_the_window_subscriptions_hear_of_a_gap_before_the_next_message()
    {
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.Zero);
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var client = broker.Client();
        await client.SubscribeAsync(
            "t",
            (message, _) =>
            {
                heard.Enqueue(message.Payload.ToString());
                return ValueTask.CompletedTask;
            },
            new() { OnGap = gap => heard.Enqueue($"gap {gap.Missed?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}") },
            Token);
        var publisher = broker.Client();
        await publisher.PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        await Until.TrueAsync(() => heard.Count == 1);
        var states = client.WatchStateAsync(Token).GetAsyncEnumerator(Token);
        await states.MoveNextAsync();
        broker.AbortConnections();
        while (await states.MoveNextAsync() && states.Current != BrokerConnectionState.Connected)
        {
        }

        await broker.Client().PublishAsync("t", JsonPayload.Parse("2"), cancellationToken: Token);
        await Until.TrueAsync(() => heard.Count == 3);
        heard.Should().Equal("1", "gap ?", "2");
    }

    [Fact]
    public async Task Calls_in_flight_fail_when_the_window_has_passed_without_a_connection()
    {
        await using var broker = await TestBroker.StartAsync(options => options.ResumeWindow = TimeSpan.FromMilliseconds(50));
        await broker.Client().ServeAsync(["job"], WorkerReplies.HangAsync, cancellationToken: Token);
        var caller = broker.Client();
        await using var replies = caller.RequestStreamAsync("job", default, cancellationToken: Token).GetAsyncEnumerator(Token);
        await replies.MoveNextAsync();
        broker.IsUnreachable = true;
        broker.AbortConnections();
        var failure = await FluentActions.Awaiting(async () => await replies.MoveNextAsync()).Should().ThrowAsync<BrokerException>();
        failure.Which.IsTransient.Should().BeTrue();
        broker.IsUnreachable = false;
    }

    [Fact]
    public async Task A_subscription_ended_while_the_client_was_away_is_ended_at_the_broker_too()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = broker.Client();
        var subscription = await client.SubscribeAsync("t", (_, _) => ValueTask.CompletedTask, cancellationToken: Token);
        broker.IsUnreachable = true;
        broker.AbortConnections();
        await Until.TrueAsync(() => client.State != BrokerConnectionState.Connected);
        var ending = subscription.DisposeAsync().AsTask();
        broker.IsUnreachable = false;
        await ending;
        using var raw = await broker.RawAsync();
        var metrics = await raw.AskAsync("""{"id":"1","action":"system.metrics"}""");
        metrics.GetProperty("payload").GetProperty("subscriptions").GetInt32().Should().Be(0);
    }
}
