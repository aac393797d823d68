using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Promethean.Broker.Redis;
using Promethean.Broker.Redis.Tests;

namespace Promethean.Broker.Server.Tests;

/// <summary>A Redis of its own behind the broker, which stands still for a while.</summary>
[Trait("Category", "Integration")]
public sealed class RedisOutageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_redis_stands_still_the_broker_is_not_ready_and_afterwards_it_is()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var broker = await TestBroker.StartAsync(
            () => new RedisBrokerClient(new() { Configuration = redis.Configuration }),
            options => (options.BackplaneTimeout, options.BackplaneGrace) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500)));
        var check = broker.Services.GetRequiredService<BrokerHealthCheck>();
        await UntilAsync(HealthStatus.Healthy);
        await redis.SignalAsync("STOP");
        var stopped = TimeProvider.System.GetTimestamp();
        try
        {
            (await UntilAsync(HealthStatus.Unhealthy)).Description.Should().Be("The broker's backplane is connected, but does not answer.");
            var noticed = TimeProvider.System.GetElapsedTime(stopped);
            TestContext.Current.TestOutputHelper?.WriteLine($"noticed after {noticed.TotalMilliseconds:0} ms");
            noticed.Should().BeLessThan(TimeSpan.FromSeconds(4), "the grace and twice the time-out are 1.5 s, and the machine may be busy");
        }
        finally
        {
            await redis.SignalAsync("CONT");
        }

        var went = TimeProvider.System.GetTimestamp();
        await UntilAsync(HealthStatus.Healthy);
        TestContext.Current.TestOutputHelper?.WriteLine($"ready again after {TimeProvider.System.GetElapsedTime(went).TotalMilliseconds:0} ms");
        await broker.Client().PublishAsync("after", default, cancellationToken: Token);

        async Task<HealthCheckResult> UntilAsync(HealthStatus status)
        {
            using var guard = new CancellationTokenSource(TestBroker.HangGuard, TimeProvider.System);
            while (true)
            {
                guard.Token.ThrowIfCancellationRequested();
                var now = await check.CheckHealthAsync(new(), Token);
                if (now.Status == status)
                {
                    return now;
                }

                await Task.Yield();
            }
        }
    }
}
