using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Testing.Tests;

public sealed class DisconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cut_client_misses_messages_hears_of_it_and_gets_those_after_it_is_back()
    {
        await using var broker = new InMemoryBroker();
        var (client, other) = (broker.Connect(), broker.Connect());
        var seen = new List<string>();
        await client.SubscribeAsync(
            "a", (message, _) => { seen.Add(message.Payload.ToString()); return ValueTask.CompletedTask; }, new() { OnGap = _ => seen.Add("gap") }, Token);
        await other.PublishAsync("a", JsonPayload.Parse("1"), cancellationToken: Token);
        client.DisconnectNow();
        client.State.Should().Be(BrokerConnectionState.Disconnected);
        await other.PublishAsync("a", JsonPayload.Parse("2"), cancellationToken: Token);
        client.Reconnect();
        await other.PublishAsync("a", JsonPayload.Parse("3"), cancellationToken: Token);
        seen.Should().Equal("1", "gap", "3");
    }

    [Fact]
    public async Task A_call_while_cut_waits_for_the_connection()
    {
        await using var broker = new InMemoryBroker(time: new FakeTimeProvider());
        var client = broker.Connect();
        client.DisconnectNow();
        var publishing = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        publishing.IsCompleted.Should().BeFalse();
        client.Reconnect();
        await publishing.WaitAsync(Token);
        broker.Counters.Published.Should().Be(1);
    }

    [Fact]
    public async Task A_call_while_cut_times_out_by_the_clock_or_at_once_where_it_says_so()
    {
        var time = new FakeTimeProvider();
        await using var broker = new InMemoryBroker(new() { DisconnectedTimeout = TimeSpan.FromSeconds(5) }, time);
        var client = broker.Connect();
        client.DisconnectNow();
        var publishing = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        (await publishing.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        var asking = () => client.RequestAsync("act", default, new() { DisconnectedTimeout = TimeSpan.Zero }, Token).AsTask();
        (await asking.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
    }

    [Fact]
    public async Task Disposing_a_cut_client_ends_what_waits_for_the_connection()
    {
        await using var broker = new InMemoryBroker(time: new FakeTimeProvider());
        var client = broker.Connect();
        client.DisconnectNow();
        var publishing = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        await client.DisposeAsync();
        (await publishing.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Cancelled);
    }

    [Fact]
    public async Task Requests_of_a_cut_caller_fail_and_their_work_is_cancelled()
    {
        await using var broker = new InMemoryBroker();
        var (caller, server) = (broker.Connect(), broker.Connect());
        var cancelled = new TaskCompletionSource();
        await server.ServeAsync(["act"], (_, token) => StandAsync(cancelled, token), cancellationToken: Token);
        var asking = caller.RequestAsync("act", default, cancellationToken: Token).AsTask();
        caller.DisconnectNow();
        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Internal);
        await cancelled.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_cut_worker_fails_what_it_runs_and_serves_again_when_it_is_back()
    {
        await using var broker = new InMemoryBroker();
        var (caller, server) = (broker.Connect(), broker.Connect());
        var first = true;
        await server.ServeAsync(["act"], Serve, cancellationToken: Token);
        var asking = caller.RequestAsync("act", default, cancellationToken: Token).AsTask();
        server.DisconnectNow();
        (await asking.Awaiting(task => task).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Internal);
        var nobody = () => caller.RequestAsync("act", default, cancellationToken: Token).AsTask();
        (await nobody.Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.NoResponders);
        server.Reconnect();
        (await caller.RequestAsync("act", default, cancellationToken: Token)).Event.Should().Be("done");

        async IAsyncEnumerable<BrokerReply> Serve(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (first)
            {
                first = false;
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            yield return new("done", JsonPayload.Parse("{}"), true);
        }
    }

    [Fact]
    public async Task The_states_are_seen_in_order()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect("cut");
        var states = new List<BrokerConnectionState>();
        await foreach (var state in client.WatchStateAsync(Token))
        {
            states.Add(state);
            switch (states.Count)
            {
                case 1:
                    client.DisconnectNow();
                    client.DisconnectNow();
                    client.Reconnect();
                    client.Reconnect();
                    break;
                case 4:
                    await client.DisposeAsync();
                    break;
                default:
                    break;
            }
        }

        states.Should().Equal(
            BrokerConnectionState.Connected,
            BrokerConnectionState.Disconnected,
            BrokerConnectionState.Connecting,
            BrokerConnectionState.Connected,
            BrokerConnectionState.Closed);
        broker.Log.Select(entry => entry.Kind).Should().Equal(
            BrokerLogKind.Connected, BrokerLogKind.Disconnected, BrokerLogKind.Connected, BrokerLogKind.Disconnected);
        client.Invoking(one => one.DisconnectNow()).Should().Throw<ObjectDisposedException>();
    }

    private static async IAsyncEnumerable<BrokerReply> StandAsync(TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }
        finally
        {
            cancelled.SetResult();
        }

        yield break;
    }
}
