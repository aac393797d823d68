using System.Collections.Concurrent;

namespace Promethean.Broker.Server.Tests;

/// <summary>Every message that went over the sockets of a test, in both directions.</summary>
internal sealed class RecordedFrames
{
    private readonly ConcurrentQueue<string> _sent = new();
    private readonly ConcurrentQueue<string> _received = new();

    public IEnumerable<string> Sent => _sent;

    public IEnumerable<string> Received => _received;

    public void AddSent(string text) => _sent.Enqueue(text);

    public void AddReceived(string text) => _received.Enqueue(text);

    /// <summary>What does not conform to the published schemas; bounded, since the validator is slow.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. _sent.Distinct().Take(500).SelectMany(WireSchemas.ProblemsOfClient),
        .. _received.Distinct().Take(500).SelectMany(WireSchemas.ProblemsOfBroker),
    ];
}
