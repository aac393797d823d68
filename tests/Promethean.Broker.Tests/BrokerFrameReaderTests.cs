using System.Text;
using System.Text.Json;
using CsCheck;

namespace Promethean.Broker.Tests;

public sealed class BrokerFrameReaderTests
{
    [Fact]
    public void A_message_is_read_whole()
    {
        var message = Read("""{"event":"message","message":{"id":"m","topic":"a.b","ts":1795000000123,"payload":{"x": [1]},"headers":{"H":"v"},"new":1},"more":{}}""").Single().Message!;
        message.Topic.Should().Be("a.b");
        message.Timestamp.ToUnixTimeMilliseconds().Should().Be(1795000000123);
        message.Payload.ToString().Should().Be("""{"x": [1]}""");
        message.Headers["h"].Should().Be("v");
    }

    [Fact]
    public void An_array_is_read_in_order()
    {
        var frames = Read("""[{"id":"1","event":"ok","final":true},{"final":true,"event":"done","id":"2","n":1},{"event":"task-cancelled","task":{"id":"t"}}]""");
        frames.Select(frame => (frame.Id, frame.Event, frame.IsFinal)).Should().Equal(("1", "ok", true), ("2", "done", true), (null, "task-cancelled", false));
        frames[2].CancelledTask.Should().Be("t");
    }

    [Fact]
    public void An_error_becomes_an_exception()
    {
        var error = Read("""{"id":"1","event":"error","final":true,"code":"overloaded","message":"Busy.","retry_after_ms":1500}""").Single().Error!;
        (error.Code, error.Message, error.RetryAfter).Should().Be((BrokerErrorCode.Overloaded, "Busy.", TimeSpan.FromMilliseconds(1500)));
    }

    [Fact]
    public void A_message_with_an_id_is_an_answer_like_any_other() =>
        Read("""{"id":"1","event":"message","message":"not an envelope"}""").Single().Message.Should().BeNull();

    [Fact]
    public void Whatever_comes_is_read_or_refused_in_the_ways_that_end_a_connection()
    {
        var pieces = Choice.Of("{", "}", "[", "]", ",", ":", "\"id\"", "\"event\"", "\"message\"", "\"task\"", "\"ok\"", "1", "null", "\"\\ud800\"", "1e999");
        pieces.Array[0, 12].Sample(
            some =>
            {
                try
                {
                    Read(string.Concat(some));
                    return true;
                }
                catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
                {
                    return true;
                }
            },
            iter: 20_000);
    }

    private static List<BrokerFrame> Read(string text)
    {
        var frames = new List<BrokerFrame>();
        BrokerFrameReader.Read(Encoding.UTF8.GetBytes(text), frames.Add);
        return frames;
    }
}
