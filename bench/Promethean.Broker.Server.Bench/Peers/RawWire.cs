using System.Text;

namespace Promethean.Broker.Server.Bench.Peers;

/// <summary>What a client that knows nothing but the wire sends, and counts.</summary>
/// <param name="Open">Sent first, each answered before the next.</param>
/// <param name="Subscribe">Sent by the subscriber, answered; null where the publisher itself gets the messages.</param>
/// <param name="Message">One message to publish.</param>
/// <param name="Array">The marks before, between and after messages that share a frame.</param>
/// <param name="Needle">What stands once in each message that arrives.</param>
internal sealed record RawWire(string? Open, string? Subscribe, string Message, (string Before, string Between, string After) Array, string Needle)
{
    private const string Payload = """{"text":"thirty-two characters of a note."}""";

    public static RawWire Broker(string topic) => new(
        null,
        $$$"""{"id":"1","action":"subscribe","payload":{"topic":"{{{topic}}}"}}""",
        $$$"""{"action":"publish","payload":{"topic":"{{{topic}}}","payload":{{{Payload}}}}}""",
        ("[", ",", "]"),
        "\"event\":\"message\"");

    // The hub protocol ends each of its messages with a record separator, and takes several in a frame.
    public static RawWire SignalR(string topic) => new(
        "{\"protocol\":\"json\",\"version\":1}\u001e",
        $$$"""{"type":1,"invocationId":"1","target":"Join","arguments":["{{{topic}}}"]}""" + "\u001e",
        $$$"""{"type":1,"target":"Publish","arguments":["{{{topic}}}",{{{Payload}}}]}""" + "\u001e",
        ("", "", ""),
        "\"target\":\"note\"");

    public static RawWire Echo() => Broker("note.echo") with { Subscribe = null, Needle = "\"publish\"" };

    public byte[] ToFrame(int messages) => Encoding.UTF8.GetBytes(
        messages == 1 ? Message : Array.Before + string.Join(Array.Between, Enumerable.Repeat(Message, messages)) + Array.After);
}
