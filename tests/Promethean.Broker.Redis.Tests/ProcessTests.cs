using System.Diagnostics;

namespace Promethean.Broker.Redis.Tests;

/// <summary>A worker in a process of its own, so that it can really be killed: this executable, running the explicit test.</summary>
[Trait("Category", "Integration")]
public sealed class ProcessTests(RedisFixture fixture)
{
    private const string Address = "PROMETHEAN_TEST_WORKER_REDIS";
    private const string Prefix = "PROMETHEAN_TEST_WORKER_PREFIX";

    [Fact]
    public async Task The_caller_of_a_killed_process_has_a_transient_error_long_before_its_deadline()
    {
        using var guard = TestBroker.Guard();
        await using var broker = new TestBroker(await fixture.ServerAsync());
        using var process = Start(broker);
        var caller = broker.Client();
        var served = false;
        while (!served)
        {
            try
            {
                await foreach (var _ in caller.RequestStreamAsync("stand", TestBroker.Number(1), new() { Timeout = TimeSpan.FromHours(1) }, guard.Token))
                {
                    served = true;
                    process.Kill();
                }
            }
            catch (BrokerException e) when (e.IsTransient)
            {
                // Not there yet, or, once it has served, no more.
            }
        }

        await process.WaitForExitAsync(guard.Token);
        var again = () => LossTests.AskAsync(caller, "stand", guard.Token);
        await again.Should().ThrowAsync<BrokerException>().Where(e => e.Code == BrokerErrorCode.NoResponders);
    }

    [Fact(Explicit = true)]
    public async Task Serves_until_it_is_killed()
    {
        await using var client = new RedisBrokerClient(new()
        {
            Configuration = Environment.GetEnvironmentVariable(Address)!,
            Prefix = Environment.GetEnvironmentVariable(Prefix)!,
            PresenceInterval = TimeSpan.FromMilliseconds(200),
            PresenceTimeout = TimeSpan.FromMilliseconds(1500),
        });
        await client.ServeAsync(["stand"], Workers.Standing(new()), cancellationToken: TestContext.Current.CancellationToken);
        await Task.Delay(TestBroker.HangGuard, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static Process Start(TestBroker broker)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-method", $"*.{nameof(Serves_until_it_is_killed)}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Address] = broker.Server.Configuration;
        start.Environment[Prefix] = broker.Prefix;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
