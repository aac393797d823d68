using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Testing.Tests;

[Collection(nameof(RunsAlone))]
public sealed class VirtualClockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timers_fire_in_their_order_each_at_its_own_time()
    {
        var clock = new VirtualClock();
        var fired = new List<(int Seconds, TimeSpan At)>();
        foreach (var seconds in new[] { 3, 1, 2 })
        {
            _ = Task.Delay(TimeSpan.FromSeconds(seconds), clock, Token).ContinueWith(
                _ => fired.Add((seconds, clock.GetUtcNow() - clock.Start)), Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        await clock.AdvanceAsync(TimeSpan.FromSeconds(2.5), Token);
        fired.Should().Equal((1, TimeSpan.FromSeconds(1)), (2, TimeSpan.FromSeconds(2)));
        (clock.GetUtcNow() - clock.Start).Should().Be(TimeSpan.FromSeconds(2.5));
        clock.TimerCount.Should().Be(1);
    }

    [Fact]
    public async Task A_loop_of_delays_is_advanced_through_in_one_call()
    {
        var clock = new VirtualClock();
        var rounds = 0;
        _ = LoopAsync();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(10), Token);
        rounds.Should().Be(10);

        async Task LoopAsync()
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, Token);
                rounds++;
            }
        }
    }

    [Fact]
    public async Task What_goes_by_way_of_the_thread_pool_has_run_when_the_advance_is_over()
    {
        for (var round = 0; round < 200; round++)
        {
            var clock = new VirtualClock();
            var steps = 0;
            _ = WorkAsync();
            await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
            steps.Should().Be(20, "round {0}", round);

            async Task WorkAsync()
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, Token).ConfigureAwait(false);
                for (var i = 0; i < 10; i++)
                {
                    await Task.Yield();
                    steps++;
                    var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _ = Task.Run(elsewhere.SetResult, Token);
                    await elsewhere.Task.ConfigureAwait(false);
                    steps++;
                }
            }
        }
    }

    [Fact]
    public async Task Periodic_timers_change_and_disposal_work_as_the_systems_do()
    {
        var clock = new VirtualClock();
        var ticks = new List<TimeSpan>();
        var timer = clock.CreateTimer(_ => ticks.Add(clock.GetUtcNow() - clock.Start), null, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        ticks.Should().BeEmpty("a timer that is due fires with the next advance");
        await clock.AdvanceAsync(TimeSpan.FromSeconds(4), Token);
        ticks.Select(tick => tick.TotalSeconds).Should().Equal(0, 2, 4);
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Should().BeTrue();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(10), Token);
        ticks.Should().HaveCount(4);
        timer.Dispose();
        timer.Change(TimeSpan.Zero, TimeSpan.Zero).Should().BeFalse();
        clock.NextTimer.Should().BeNull();
    }

    [Fact]
    public async Task A_cancellation_source_and_a_wait_with_a_timeout_obey_it()
    {
        var clock = new VirtualClock();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(1), clock);
        var waiting = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(30), clock, Token);
        await clock.AdvanceAsync(TimeSpan.FromSeconds(30), Token);
        waiting.IsFaulted.Should().BeTrue();
        cancellation.IsCancellationRequested.Should().BeFalse();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(30), Token);
        cancellation.IsCancellationRequested.Should().BeTrue();
        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
    }

    [Fact]
    public async Task Time_does_not_go_back()
    {
        var clock = new VirtualClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var back = () => clock.AdvanceAsync(TimeSpan.FromSeconds(-1), Token).AsTask();
        await back.Should().ThrowAsync<ArgumentOutOfRangeException>();
        await clock.AdvanceToAsync(clock.Start - TimeSpan.FromDays(1), Token);
        clock.GetUtcNow().Should().Be(clock.Start);
    }

    [Fact]
    public async Task An_hour_with_ten_thousand_timers_fires_each_at_its_moment()
    {
        var clock = new VirtualClock();
        var random = new Random(3);
        var late = 0;
        var fired = 0;
        for (var i = 0; i < 10_000; i++)
        {
            _ = WaitAsync(TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerHour)));
        }

        await clock.AdvanceAsync(TimeSpan.FromHours(1), Token);
        (fired, late).Should().Be((10_000, 0));

        async Task WaitAsync(TimeSpan delay)
        {
            await Task.Delay(delay, clock, Token);
            fired++;
            late += clock.GetUtcNow() - clock.Start - delay < TimeSpan.FromMilliseconds(1) ? 0 : 1;
        }
    }

    [Fact]
    public async Task A_broker_on_the_other_fake_clock_delivers_when_it_advances()
    {
        var time = new FakeTimeProvider();
        await using var broker = new InMemoryBroker(new() { Faults = new() { Latency = TimeSpan.FromSeconds(5) } }, time);
        var client = broker.Connect();
        await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        time.Advance(TimeSpan.FromSeconds(4));
        broker.Counters.Delivered.Should().Be(0);
        time.Advance(TimeSpan.FromSeconds(1));
        broker.Counters.Delivered.Should().Be(1);
    }
}
