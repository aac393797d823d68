namespace Promethean.DualSink.Tests;

public sealed class KeyedLanesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_of_one_key_runs_in_order_and_never_at_the_same_time()
    {
        const int seed = 77;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var lanes = new KeyedLanes(8);
        var seen = Enumerable.Range(0, 5).Select(_ => new List<int>()).ToArray();
        var running = new int[5];
        var given = new int[5];

        var all = Enumerable.Range(0, 2000).Select(_ =>
        {
            var key = random.Next(5);
            var number = given[key]++;
            var yields = random.Next(3);
            return lanes.RunAsync(
                $"{key}",
                async () =>
                {
                    Interlocked.Increment(ref running[key]).Should().Be(1);
                    for (var i = 0; i < yields; i++) await Task.Yield();
                    seen[key].Add(number);
                    Interlocked.Decrement(ref running[key]);
                },
                Token);
        }).ToArray();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);

        for (var key = 0; key < 5; key++) seen[key].Should().Equal(Enumerable.Range(0, given[key]));
    }

    [Fact]
    public async Task Keys_run_side_by_side_up_to_the_bound()
    {
        await using var lanes = new KeyedLanes(2);
        var gate = new TaskCompletionSource();
        var started = 0;

        var all = Enumerable.Range(0, 5).Select(k => lanes.RunAsync(
            $"{k}",
            () =>
            {
                Interlocked.Increment(ref started);
                return gate.Task;
            },
            Token)).ToArray();

        var atFirst = started;
        gate.SetResult();
        await Task.WhenAll(all);

        atFirst.Should().Be(2);
        started.Should().Be(5);
    }

    [Fact]
    public async Task Who_gives_up_waiting_lets_nobody_overtake()
    {
        await using var lanes = new KeyedLanes(4);
        var gate = new TaskCompletionSource();
        using var giveUp = new CancellationTokenSource();
        var ran = new List<string>();
        var first = lanes.RunAsync("k", () => gate.Task, Token);
        var second = lanes.RunAsync("k", () => Note("second"), giveUp.Token);
        var third = lanes.RunAsync("k", () => Note("third"), Token);

        await giveUp.CancelAsync();
        await FluentActions.Awaiting(() => second).Should().ThrowAsync<OperationCanceledException>();
        var waits = !third.IsCompleted;
        gate.SetResult();
        await Task.WhenAll(first, third);

        waits.Should().BeTrue();
        ran.Should().Equal("third");

        Task Note(string who)
        {
            ran.Add(who);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_failure_frees_the_lane()
    {
        await using var lanes = new KeyedLanes(1);

        await FluentActions.Awaiting(() => lanes.RunAsync("k", () => throw new InvalidOperationException(), Token)).Should().ThrowAsync<InvalidOperationException>();

        await lanes.RunAsync("k", () => Task.CompletedTask, Token);
    }

    [Fact]
    public async Task Disposing_waits_for_what_runs_and_refuses_the_rest()
    {
        var lanes = new KeyedLanes(1);
        var gate = new TaskCompletionSource();
        var running = lanes.RunAsync("k", () => gate.Task, Token);

        var disposing = lanes.DisposeAsync().AsTask();
        var waits = !disposing.IsCompleted;
        await FluentActions.Awaiting(() => lanes.RunAsync("k", () => Task.CompletedTask, Token)).Should().ThrowAsync<ObjectDisposedException>();
        gate.SetResult();
        await Task.WhenAll(running, disposing).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Token);

        waits.Should().BeTrue();
    }
}
