using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Promethean.Broker;
using Promethean.Mongo.Embedded;

namespace Promethean.EndToEnd.Tests;

/// <summary>The broker's queues when its process is killed.</summary>
[Trait("Category", "Integration")]
public sealed class DurableQueueTests : IDisposable
{
    private const int Tasks = 1000;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broker_that_is_killed_has_every_task_that_it_acknowledged_when_it_is_back()
    {
        await using var mongo = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = _folder.In("mongo") }, Token);
        var sent = Enumerable.Range(0, Tasks).ToDictionary(number => $"task-{number}", Payload);
        await using (var killed = Start(mongo.ConnectionString))
        {
            await using var client = await ConnectAsync(killed);
            await Parallel.ForEachAsync(sent, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (task, token) =>
                await client.EnqueueAsync("q", task.Value, new() { DedupeId = task.Key, Headers = new Dictionary<string, string> { ["name"] = task.Key } }, token));
            killed.KillHard();
            await killed.ExitAsync(Token);
        }

        await using var host = Start(mongo.ConnectionString);
        await using var again = await ConnectAsync(host);
        (await again.EnqueueAsync("q", sent["task-7"], new() { DedupeId = "task-7" }, Token)).IsDuplicate.Should().BeTrue();
        var arrived = new ConcurrentDictionary<string, JsonPayload>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var consumer = await again.ConsumeAsync(
            "q",
            (delivery, _) =>
            {
                arrived.TryAdd(delivery.Task.Headers["name"], delivery.Task.Payload).Should().BeTrue("it comes once");
                delivery.Task.Attempts.Should().Be(1);
                if (arrived.Count == Tasks)
                {
                    all.TrySetResult();
                }

                return ValueTask.CompletedTask;
            },
            new() { Credit = 64 },
            Token);
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
        await consumer.DrainAsync(Token);
        arrived.Should().Equal(sent);
        host.Signal(PosixSignal.SIGTERM);
        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
    }

    [Fact]
    public async Task A_second_broker_on_the_same_collection_does_not_start_and_says_why()
    {
        await using var mongo = await EmbeddedMongoServer.StartAsync(cancellationToken: Token);
        await using var first = Start(mongo.ConnectionString);
        await first.FirstLineAsync(Token);

        await using var second = Start(mongo.ConnectionString);
        (await second.ExitAsync(Token)).Should().Be(1);
        second.Errors.Should().Contain("in use by another broker").And.NotContain("   at ", "a stack trace is no message");

        first.Signal(PosixSignal.SIGTERM);
        (await first.ExitAsync(Token)).Should().Be(0, first.Errors);
        await using var third = Start(mongo.ConnectionString);
        (await third.FirstLineAsync(Token)).Should().StartWith("ready ");
    }

    [Fact]
    public async Task A_connection_string_that_is_none_is_named_and_not_shown()
    {
        await using var host = Start("postgres://user:secret@127.0.0.1/");
        (await host.ExitAsync(Token)).Should().Be(1);
        host.Errors.Should().Contain("MONGO_URI").And.NotContain("secret").And.NotContain("   at ", "a stack trace is no message");
    }

    private static HostProcess Start(string mongo) =>
        HostProcess.Start("BrokerHost", ["--port", "0"], new Dictionary<string, string> { ["MONGO_URI"] = mongo });

    private static async Task<WebSocketBrokerClient> ConnectAsync(HostProcess host) =>
        await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = new((await host.FirstLineAsync(Token))["ready ".Length..]) }, cancellationToken: Token);

    /// <summary>Text of every width, of many lengths, with white space that nobody may touch.</summary>
    private static JsonPayload Payload(int number) => JsonPayload.Parse(
        string.Create(CultureInfo.InvariantCulture, $$"""{ "number" :{{number}},"text":"é漢😀\u0000{{new string('x', number)}}" }"""));
}
