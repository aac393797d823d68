using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server.Tests;

/// <summary>Clients without manners, over real sockets: none costs anybody but itself.</summary>
[Trait("Category", "Integration")]
public sealed class RoughClientTests : IAsyncLifetime
{
    // No shorter than 126 bytes, which have another head.
    private static readonly string Publish = $$$"""{"action":"publish","payload":{"topic":"rough","payload":"{{{new string('x', 100)}}}"}}""";

    private WebApplication _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Uri Url => new(_app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBrokerServer();
        _app = builder.Build();
        _app.MapBroker();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task One_that_sends_without_a_pause_does_not_keep_its_messages_from_others()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscriber = new WebSocketBrokerClient(new() { Url = Url });
        await subscriber.SubscribeAsync("rough", (_, _) =>
        {
            arrived.TrySetResult();
            return default;
        }, cancellationToken: Token);
        using var rough = await RoughClient.ConnectAsync(Url, Token);
        using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
        var flood = RoughClient.Frames(Publish, 2_000);
        while (!arrived.Task.IsCompleted)
        {
            await rough.SendAsync(flood, guard.Token);
        }

        guard.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task What_it_sent_before_it_went_away_without_a_word_arrives_or_is_counted()
    {
        const int Clients = 20;
        const int Each = 500;
        long accounted = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Account(long messages)
        {
            if (Interlocked.Add(ref accounted, messages) == Clients * Each)
            {
                all.TrySetResult();
            }
        }

        await using var subscriber = new WebSocketBrokerClient(new() { Url = Url });
        await subscriber.SubscribeAsync("rough", (_, _) =>
        {
            Account(1);
            return default;
        }, new() { Capacity = Clients * Each, OnGap = gap => Account(gap.Missed ?? 0) }, Token);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var rough = await RoughClient.ConnectAsync(Url, Token);
            await rough.SendAsync(RoughClient.Frames(Publish, Each), Token);
        }));
        await all.Task.WaitAsync(TestBroker.HangGuard, TimeProvider.System, Token)
            .ContinueWith(_ => Interlocked.Read(ref accounted).Should().Be(Clients * Each), TaskScheduler.Default);
    }
}
