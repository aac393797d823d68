namespace Promethean.Broker.Server.Tests;

public class WriterSignalTests
{
    [Fact]
    public async Task What_was_set_before_is_not_waited_for()
    {
        var signal = new WriterSignal();
        signal.TrySet().Should().BeFalse("nobody waits");
        var waiting = signal.WaitAsync().AsTask();
        waiting.IsCompleted.Should().BeTrue();
        await waiting;
    }

    [Fact]
    public async Task Whoever_sets_it_first_has_to_wake_the_writer_and_nobody_else()
    {
        var signal = new WriterSignal();
        var waiting = signal.WaitAsync().AsTask();
        signal.TrySet().Should().BeTrue();
        signal.TrySet().Should().BeFalse();
        waiting.IsCompleted.Should().BeFalse();
        signal.Wake(onThisThread: true);
        await waiting;
    }

    [Fact]
    public async Task A_signal_set_between_the_wake_and_the_next_wait_is_kept()
    {
        var signal = new WriterSignal();
        var waiting = signal.WaitAsync().AsTask();
        signal.TrySet();
        signal.Wake(onThisThread: true);
        await waiting;
        signal.TrySet().Should().BeFalse();
        signal.WaitAsync().AsTask().IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_queued_is_left_behind_whoever_queues_it_and_however_it_is_woken()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            const int Each = 200;
            var signal = new WriterSignal();
            var queued = 0;
            var writer = Task.Run(async () =>
            {
                for (var seen = 0; seen < 3 * Each;)
                {
                    await signal.WaitAsync();
                    seen = Volatile.Read(ref queued);
                }
            }, TestContext.Current.CancellationToken);
            var senders = Enumerable.Range(0, 3).Select(sender => Task.Run(() => Send(new(seed * 3 + sender), sender), TestContext.Current.CancellationToken));
            await Task.WhenAll(senders);
            await writer.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken)
                .ContinueWith(ended => ended.IsCompletedSuccessfully.Should().BeTrue("seed {0} must not leave the writer waiting", seed), TaskScheduler.Default);

            void Send(Random random, int sender)
            {
                var wakes = new WriterWakes();
                for (var i = 0; i < Each; i++)
                {
                    if (sender > 0)
                    {
                        wakes.Collect();
                    }

                    Interlocked.Increment(ref queued);
                    WriterWakes.Set(signal);
                    WriterWakes.EndCollect();
                    if (random.Next(4) == 0)
                    {
                        wakes.Run();
                    }

                    if (random.Next(8) == 0)
                    {
                        Thread.Yield();
                    }
                }

                wakes.Run();
            }
        }
    }
}
