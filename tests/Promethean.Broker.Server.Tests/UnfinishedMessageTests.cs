using System.Net.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>Messages whose rest does not come.</summary>
public sealed class UnfinishedMessageTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task A_message_whose_rest_does_not_come_costs_its_connection_with_1008_and_no_other()
    {
        var time = new FakeTimeProvider();
        await using var broker = await StartAsync(time);
        using var other = await broker.RawAsync();
        using var client = await broker.RawAsync();
        await client.AskAsync("""{"id":"before","action":"heartbeat"}""");
        await client.SendPartAsync("""{"id":"half",""");

        var error = await WhileAsync(time, TimeSpan.FromSeconds(1), client.NextAsync());

        (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()).Should().Be(("timeout", "The rest of a message did not come within 00:00:07."));
        (await client.ReadAsync()).Should().BeNull();
        client.CloseStatus.Should().Be(WebSocketCloseStatus.PolicyViolation);
        (await other.AskAsync("""{"id":"after","action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("after");
    }

    [Fact]
    public async Task A_part_now_and_then_buys_no_more_time()
    {
        var time = new FakeTimeProvider();
        await using var broker = await StartAsync(time);
        using var client = await broker.RawAsync();
        var end = client.NextAsync();
        while (!end.IsCompleted)
        {
            await client.SendPartAsync("x");
            time.Advance(Limit / 2);
            await ArriveAsync(end);
        }

        (await end).GetProperty("code").GetString().Should().Be("timeout");
    }

    [Fact]
    public async Task A_message_in_parts_that_ends_in_time_is_taken_and_its_connection_stays()
    {
        var time = new FakeTimeProvider();
        await using var broker = await StartAsync(time);
        using var client = await broker.RawAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendPartAsync("""{"id":"a",""");
            time.Advance(Limit / 2);
            (await client.AskAsync("""  "action":"heartbeat"}""")).GetProperty("id").GetString().Should().Be("a");
            time.Advance(Limit * 2);
        }
    }

    private static Task<TestBroker> StartAsync(FakeTimeProvider time) => TestBroker.StartAsync(options => options.MessageTimeout = Limit, time);

    /// <summary>Lets time pass until something has come.</summary>
    private static async Task<T> WhileAsync<T>(FakeTimeProvider time, TimeSpan step, Task<T> coming)
    {
        while (!coming.IsCompleted)
        {
            time.Advance(step);
            await ArriveAsync(coming);
        }

        return await coming;
    }

    /// <summary>Gives what the last step of time has set off a chance to arrive: a few more, and the closing has taken too long.</summary>
    private static async Task ArriveAsync(Task coming)
    {
        for (var i = 0; i < 20_000 && !coming.IsCompleted; i++)
        {
            await Task.Yield();
        }
    }
}
