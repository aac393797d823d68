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
    public void A_task_of_a_queue_is_read_whole()
    {
        var frame = Read("""{"event":"task-assigned","task":{"id":"t","queue":"q","payload":[1],"attempts":3,"ts":1795000000123,"headers":{"h":"v"},"worker":"q1"}}""").Single();
        frame.Task.Should().BeNull();
        frame.QueueTask!.Consumer.Should().Be("q1");
        var task = frame.QueueTask.Task;
        (task.Id, task.Queue, task.Attempts, task.EnqueuedAt.ToUnixTimeMilliseconds()).Should().Be(("t", "q", 3, 1795000000123));
        (task.Payload.ToString(), task.Headers["h"]).Should().Be(("[1]", "v"));
    }

    [Theory]
    [InlineData("""{"taskId":"t","duplicate":true,"more":[1]}""", "t", true)]
    [InlineData("""{"taskId":"t"}""", "t", false)]
    [InlineData("""{"taskId":7}""", null, false)]
    [InlineData("null", null, false)]
    public void The_answer_to_a_task_names_it_or_comes_from_no_broker_with_queues(string answer, string? id, bool isDuplicate)
    {
        var reading = () => EnvelopeReader.ReadEnqueued(JsonPayload.Parse(answer));
        if (id is null)
        {
            reading.Should().Throw<BrokerException>().Which.Code.Should().Be(BrokerErrorCode.Internal);
        }
        else
        {
            reading().Should().Be(new EnqueueResult(id, isDuplicate));
        }
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
        var pieces = Choice.Of("{", "}", "[", "]", ",", ":", "\"id\"", "\"event\"", "\"message\"", "\"task\"", "\"queue\"", "\"ok\"", "1", "null", "\"\\ud800\"", "1e999");
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
