using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Tests;

[Collection(nameof(TelemetryTests))]
public sealed class AcknowledgementTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_is_not_acknowledged_in_time_fails_as_timed_out()
    {
        var socket = new ScriptedSocket();
        await using var client = await ConnectAsync(socket);

        var publishing = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        await socket.SendBegunAsync(Token);
        _time.Advance(Timeout - TimeSpan.FromTicks(1));
        publishing.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        (await FluentActions.Awaiting(() => publishing).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
    }

    [Fact]
    public async Task A_message_that_finds_no_room_in_time_fails_as_timed_out_and_is_never_sent()
    {
        var socket = new ScriptedSocket(sentCapacity: 1);
        await using var client = await ConnectAsync(socket);
        var taken = Publish(client, 1);
        await socket.SendBegunAsync(Token);
        var stuck = Publish(client, 2);
        await socket.SendBegunAsync(Token);
        var queued = Publish(client, 3);
        var waiting = Publish(client, 4);

        _time.Advance(Timeout);

        foreach (var publishing in (Task[])[taken, stuck, queued, waiting])
        {
            (await FluentActions.Awaiting(() => publishing).Should().ThrowAsync<BrokerException>()).Which.Code.Should().Be(BrokerErrorCode.Timeout);
        }

        for (var number = 1; number <= 3; number++)
        {
            (await socket.NextSentAsync(Token)).Should().Contain($"note-{number}").And.NotContain("note-4");
        }

        _ = Publish(client, 5);
        (await socket.NextSentAsync(Token)).Should().Contain("note-5").And.NotContain("note-4");
    }

    [Fact]
    public async Task A_caller_that_cancels_no_longer_waits_for_the_acknowledgement()
    {
        var socket = new ScriptedSocket();
        await using var client = await ConnectAsync(socket);
        using var cancellation = new CancellationTokenSource();

        var publishing = client.PublishAsync("a", default, cancellationToken: cancellation.Token).AsTask();
        await socket.SendBegunAsync(Token);
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => publishing).Should().ThrowAsync<OperationCanceledException>();
    }

    private static Task Publish(WebSocketBrokerClient client, int number) => client.PublishAsync($"note-{number}", default).AsTask();

    private ValueTask<WebSocketBrokerClient> ConnectAsync(ScriptedSocket socket) => WebSocketBrokerClient.ConnectAsync(
        new() { Resume = false, Connector = (_, _, _) => Task.FromResult<WebSocket>(socket), RequestTimeout = Timeout, SendQueueCapacity = 1 },
        _time,
        cancellationToken: Token);
}
