using System.Collections.Concurrent;

namespace Promethean.Broker.Server.Tests;

/// <summary>Every message that went over the sockets of a test, in both directions.</summary>
internal sealed class RecordedFrames
{
    private readonly ConcurrentQueue<string> _sent = new();
    private readonly ConcurrentQueue<string> _received = new();
    private readonly ConcurrentDictionary<string, bool> _wrong = new();

    public IEnumerable<string> Sent => _sent;

    public IEnumerable<string> Received => _received;

    public void AddSent(string text) => _sent.Enqueue(text);

    public void AddReceived(string text) => _received.Enqueue(text);

    /// <summary>A client is about to send this although the schemas do not allow it; that they do not is checked, too.</summary>
    public void ExpectWrong(string text) => _wrong[text] = true;

    /// <summary>What does not conform to the published schemas, and what does although it was meant not to.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. _sent.Distinct().Where(text => !_wrong.ContainsKey(text)).SelectMany(WireSchemas.ProblemsOfClient),
        .. _wrong.Keys.Where(text => WireSchemas.ProblemsOfClient(text).Count == 0).Select(text => $"meant to be wrong, and conforms: {text}"),
        .. _received.Distinct().SelectMany(WireSchemas.ProblemsOfBroker),
    ];
}
