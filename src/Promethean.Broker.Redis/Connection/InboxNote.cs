using System.Text;

namespace Promethean.Broker.Redis;

/// <summary>What arrives in a client's inbox: a line of words, then bytes that belong to them.</summary>
/// <remarks><code>
/// note = kind *(" " word) LF body
/// T consumer queue task attempts ts headers-length   body: headers and payload, as JSON      a task of a queue
/// D queue ms                                                                                something is due then
/// L consumer                                                                                nothing more comes for it
/// W worker request ms-left traceparent caller action body: payload                          a request to serve
/// X worker request                                                                          nobody waits for it any more
/// R request number P|F event-length                  body: event's name and body            an event, the last one with F
/// E request number code retry-after-ms|-             body: message                          the error that ends it
/// </code></remarks>
internal readonly struct InboxNote
{
    private InboxNote(string[] words, ReadOnlyMemory<byte> body)
    {
        Words = words;
        Body = body;
    }

    public char Kind => Words[0][0];

    public string[] Words { get; }

    public ReadOnlyMemory<byte> Body { get; }

    public static InboxNote Read(ReadOnlyMemory<byte> text)
    {
        var end = text.Span.IndexOf((byte)'\n');
        if (end < 1)
        {
            throw new FormatException("A note has no first line.");
        }

        return new(Encoding.UTF8.GetString(text.Span[..end]).Split(' '), text[(end + 1)..]);
    }
}
