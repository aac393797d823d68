namespace Promethean.Broker.Server.Tests;

/// <summary>That frames are checked at all.</summary>
public sealed class RecordedFramesTests
{
    private const string Wrong = """{"id":"a","action":"subscribe","payload":{}}""";
    private const string Right = """{"id":"a","action":"heartbeat"}""";

    [Fact]
    public async Task A_frame_that_no_schema_allows_fails_its_test()
    {
        var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync(Wrong);
        var ending = async () => await broker.DisposeAsync();
        (await ending.Should().ThrowAsync<Exception>()).WithMessage("*topic*");
    }

    [Fact]
    public async Task What_is_said_of_a_session_is_recorded_and_checked_in_both_directions()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"0","action":"resume"}""");
        await client.SendAsync("""{"action":"received","payload":{"seq":0}}""");
        for (var i = 0; i < 128; i++)
        {
            await client.SendAsync("""{"action":"heartbeat"}""");
        }

        await client.NextAsync();
        broker.Frames.Sent.Should().Contain(frame => frame.Contains("resume", StringComparison.Ordinal)).And.Contain(frame => frame.Contains("seq", StringComparison.Ordinal));
        broker.Frames.Received.Should().Contain("""{"event":"received","seq":128}""");

        var wrong = new RecordedFrames();
        wrong.AddSent("""{"action":"resume"}""");
        wrong.AddSent("""{"action":"received","payload":{}}""");
        wrong.AddReceived("""{"event":"received"}""");
        var problems = string.Join('\n', wrong.Problems());
        problems.Should().Contain("""{"action":"resume"}""").And.Contain("""{"action":"received","payload":{}}""").And.Contain("""{"event":"received"}""");
    }

    [Fact]
    public async Task A_frame_that_was_meant_to_be_wrong_and_is_not_fails_its_test()
    {
        var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskWrongAsync(Right);
        var ending = async () => await broker.DisposeAsync();
        (await ending.Should().ThrowAsync<Exception>()).WithMessage("*meant to be wrong*");
    }

    [Fact]
    public async Task Both_directions_are_recorded_in_whole_messages()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await broker.RawAsync();
        await client.AskWrongAsync(Wrong);
        await client.AskAsync(Right);
        broker.Frames.Sent.Should().Equal(Wrong, Right);
        broker.Frames.Received.Should().HaveCount(2);
    }
}
