using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Promethean.Broker;
using Promethean.Broker.Redis.Tests;

namespace Promethean.Tool.Tests;

/// <summary>A signal ends the broker in time, whatever is half done or stands still.</summary>
[Trait("Category", "Integration")]
public sealed class ServeEndTests
{
    // The drain, 2 s for connections, 2 s for Redis; the rest is a busy machine's.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4.8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beside_a_request_that_is_half_sent_it_ends_soon_after_the_drain()
    {
        var (broker, url) = await ToolProcess.ServeAsync(Token, "--drain", "100ms");
        await using var process = broker;
        using var half = await HalfRequestAsync(url);

        await EndsInTimeAsync(broker);
    }

    [Fact]
    public async Task Beside_a_redis_that_stands_still_it_ends_soon_after_the_drain()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var broker = ToolProcess.Start(
            new Dictionary<string, string> { ["REDIS_URL"] = redis.Configuration }, "broker", "serve", "--port", "0", "--drain", "100ms");
        var url = new Uri((await broker.NextLineAsync(Token))["ready ".Length..]);
        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = url }, cancellationToken: Token);
        await using var worker = new GatedWorker();
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.ServeAsync(["slow"], worker.ServeAsync, cancellationToken: Token);
        await client.SubscribeAsync("news.*", (_, _) => default, cancellationToken: Token);
        await client.ConsumeAsync("pages", HoldAsync, cancellationToken: Token);
        await client.EnqueueAsync("pages", default, cancellationToken: Token);
        var running = client.RequestAsync("slow", default, cancellationToken: Token).AsTask();
        await Task.WhenAll(worker.Started, given.Task).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);
        using var half = await HalfRequestAsync(url);
        await redis.SignalAsync("STOP");
        try
        {
            await EndsInTimeAsync(broker);
        }
        finally
        {
            await redis.SignalAsync("CONT");
        }

        await FluentActions.Awaiting(() => running).Should().ThrowAsync<BrokerException>();

        async ValueTask HoldAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
        {
            given.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task EndsInTimeAsync(ToolProcess broker)
    {
        var began = TimeProvider.System.GetTimestamp();
        broker.Signal(PosixSignal.SIGTERM);
        (await broker.EndAsync(Token)).Code.Should().Be(0, broker.Errors);
        var took = TimeProvider.System.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper?.WriteLine($"ended after {took.TotalMilliseconds:0} ms");
        took.Should().BeLessThan(Limit, broker.Errors);
    }

    /// <summary>A request whose end does not come, and that the broker has begun to read.</summary>
    private static async Task<TcpClient> HalfRequestAsync(Uri url)
    {
        var half = new TcpClient();
        await half.ConnectAsync(IPAddress.Loopback, url.Port, Token);
        // Pipelined behind a whole one, whose answer says that what follows has come, too.
        await half.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz/live HTTP/1.1\r\nHost:"), Token);
        (await half.GetStream().ReadAsync(new byte[1], Token)).Should().Be(1);
        return half;
    }
}
