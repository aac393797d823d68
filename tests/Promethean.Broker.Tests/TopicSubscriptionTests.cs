using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Tests;

[Collection(nameof(TelemetryTests))]
public sealed class TopicSubscriptionTests
{
    private static readonly SubscribeOptions Waiting = new() { Capacity = 1, Overflow = BrokerOverflow.Wait };

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _handled = [];

    [Fact]
    public async Task What_waits_for_room_is_lost_when_its_time_is_up_and_not_before()
    {
        var subscription = await FullAsync(Waiting);
        subscription.Offer(Message("3"));
        subscription.Offer(Message("4"));
        _time.Advance(Waiting.OverflowTimeout - TimeSpan.FromTicks(1));
        subscription.Room.IsCompleted.Should().BeFalse();
        subscription.Dropped.Should().Be(0);

        // The wait may begin its own timer only now; time goes on until it has run out.
        while (!subscription.Room.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        subscription.Dropped.Should().Be(2);
        subscription.Pending.Should().Be(2);
        _gate.SetResult();
        await subscription.DrainAsync(TestContext.Current.CancellationToken);
        _handled.Should().Equal("1", "2");
    }

    [Fact]
    public async Task Draining_handles_what_waits_for_room_in_its_order()
    {
        var subscription = await FullAsync(Waiting);
        subscription.Offer(Message("3"));
        subscription.Offer(Message("4"));
        var drained = subscription.DrainAsync(TestContext.Current.CancellationToken).AsTask();
        subscription.Offer(Message("5"));
        _gate.SetResult();
        await drained;
        _handled.Should().Equal("1", "2", "3", "4");
        (subscription.Pending, subscription.Dropped).Should().Be((0, 0L));
    }

    [Fact]
    public async Task Disposing_lets_go_of_what_waits_for_room()
    {
        var subscription = await FullAsync(Waiting);
        subscription.Offer(Message("3"));
        var disposed = subscription.DisposeAsync();
        await subscription.Room.WaitAsync(TestContext.Current.CancellationToken);
        _gate.SetResult();
        await disposed;
        _handled.Should().Equal("1");
        (subscription.Pending, subscription.Dropped).Should().Be((0, 0L));
    }

    [Fact]
    public async Task A_loop_that_dies_faults_the_completion_and_disposal_does_not_repeat_it()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = new TopicSubscription(
            "a", (_, _) => throw new FormatException("the handler's"), new() { MaxConcurrency = 2 }, End, _time, new BrokenLogger());
        subscription.Offer(Message("1"));
        await FluentActions.Awaiting(() => subscription.Completion).Should().ThrowAsync<InvalidOperationException>().WithMessage("the logger's");
        await ended.Task;
        subscription.Offer(Message("2"));
        subscription.Pending.Should().Be(0);
        await subscription.DisposeAsync();

        Task End(TopicSubscription one)
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task An_overflow_that_throws_takes_the_subscription_out_at_once()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = await FullAsync(new() { Capacity = 1, Overflow = BrokerOverflow.Throw }, ended);
        subscription.Offer(Message("3"));
        await ended.Task;
        subscription.Offer(Message("4"));
        (subscription.Pending, subscription.Dropped).Should().Be((2, 1L));
        _gate.SetResult();
        (await FluentActions.Awaiting(() => subscription.Completion).Should().ThrowAsync<BrokerException>())
            .Which.Code.Should().Be(BrokerErrorCode.Overloaded);
        _handled.Should().Equal("1", "2");
    }

    private static BrokerMessage Message(string id) => new(id, "a", default, default, new Dictionary<string, string>());

    /// <summary>A subscription whose handler holds message 1, and whose one place holds message 2.</summary>
    private async Task<TopicSubscription> FullAsync(SubscribeOptions options, TaskCompletionSource? ended = null)
    {
        var subscription = new TopicSubscription("a", HandleAsync, options, End, _time, NullLogger.Instance);
        subscription.Offer(Message("1"));
        await _entered.Task;
        subscription.Offer(Message("2"));
        return subscription;

        Task End(TopicSubscription one)
        {
            ended?.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private async ValueTask HandleAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        _entered.TrySetResult();
        await _gate.Task;
        _handled.Add(message.Id);
    }

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the logger's");
    }
}
