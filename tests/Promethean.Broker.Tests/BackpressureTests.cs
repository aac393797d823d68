using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Tests;

[Collection(nameof(TelemetryTests))]
public sealed class BackpressureTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_of_a_batch_come_through_while_its_messages_wait_and_the_next_batch_is_not_read()
    {
        var socket = new ScriptedSocket();
        await using var client = Client(socket);
        var subscribing = client.SubscribeAsync("a", HandleAsync, new() { Capacity = 1, Overflow = BrokerOverflow.Wait }, Token);
        await socket.NextSentAsync(Token);
        socket.Say(Ok(1));
        var subscription = await subscribing;
        var first = client.PublishAsync("b", default, cancellationToken: Token).AsTask();
        var second = client.PublishAsync("b", default, cancellationToken: Token).AsTask();

        socket.Say($"[{Message(1)},{Message(2)},{Message(3)},{Message(4)},{Ok(2)}]");
        socket.Say(Ok(3));
        await first;
        socket.Unread.Should().Be(1);
        second.IsCompleted.Should().BeFalse();

        _gate.SetResult();
        await second;
        subscription.Dropped.Should().Be(0);
    }

    private static WebSocketBrokerClient Client(ScriptedSocket socket) =>
        new(new() { Resume = false, Connector = (_, _, _) => Task.FromResult<System.Net.WebSockets.WebSocket>(socket) }, new FakeTimeProvider());

    private static string Ok(int id) => $$"""{"id":"{{id}}","event":"ok","final":true}""";

    private static string Message(int number) =>
        $$$"""{"event":"message","message":{"id":"{{{number}}}","topic":"a","ts":0,"payload":{{{number}}}}}""";

    private async ValueTask HandleAsync(BrokerMessage message, CancellationToken cancellationToken) =>
        await _gate.Task.WaitAsync(cancellationToken);
}
