using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Promethean.Broker.Server.Tests;

/// <summary>A client that knows several brokers.</summary>
public sealed class FailoverTests
{
    private readonly ConcurrentQueue<string> _dialled = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_whose_broker_is_gone_goes_on_at_the_next_with_a_gap()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await using var client = Client(brokers);
        var gap = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.SubscribeAsync(
            "t",
            (message, _) =>
            {
                heard.TrySetResult(message.Payload.ToString());
                return ValueTask.CompletedTask;
            },
            new() { OnGap = _ => gap.TrySetResult() },
            Token);
        brokers.A.IsUnreachable = true;
        brokers.A.AbortConnections();
        await gap.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token);
        await client.PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        (await heard.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token)).Should().Be("1");
        _dialled.Should().Equal("a", "a", "b");
    }

    [Fact]
    public async Task After_a_loss_the_same_broker_is_tried_first_and_the_session_goes_on()
    {
        await using var brokers = await BrokerPair.StartAsync();
        await using var client = Client(brokers);
        await client.SubscribeAsync("t", (_, _) => ValueTask.CompletedTask, new() { OnGap = _ => _dialled.Enqueue("gap") }, Token);
        brokers.A.AbortConnections();
        await Until.TrueAsync(() => _dialled.Count > 1);
        await client.PublishAsync("t", JsonPayload.Parse("1"), cancellationToken: Token);
        _dialled.Should().Equal("a", "a");
    }

    [Fact]
    public async Task All_are_tried_in_turn_before_the_client_waits()
    {
        await using var brokers = await BrokerPair.StartAsync();
        (brokers.A.IsUnreachable, brokers.B.IsUnreachable) = (true, true);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var client = Client(brokers, time);
        var connecting = client.ConnectAsync(Token).AsTask();
        await Until.TrueAsync(() => _dialled.Count == 2);
        for (var i = 0; i < 1000; i++)
        {
            await Task.Yield();
        }

        _dialled.Should().Equal("a", "b");
        brokers.B.IsUnreachable = false;
        // Not until it is connected: the time it may take to greet the broker is this clock's too.
        while (_dialled.Count < 4)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await connecting;
        _dialled.Should().Equal("a", "b", "a", "b");
    }

    private WebSocketBrokerClient Client(BrokerPair brokers, TimeProvider? time = null)
    {
        var options = new BrokerOptions
        {
            Url = new("ws://a"),
            ReconnectDelay = TimeSpan.FromMilliseconds(10),
            DisconnectedTimeout = TestBroker.HangGuard,
            Seed = 1,
            Connector = DialAsync,
        };
        options.FallbackUrls.Add(new("ws://b"));
        return new(options, time);

        Task<WebSocket> DialAsync(Uri url, string? token, CancellationToken cancellationToken)
        {
            _dialled.Enqueue(url.Host);
            return (url.Host == "a" ? brokers.A : brokers.B).ConnectAsync(url, token, cancellationToken);
        }
    }
}
