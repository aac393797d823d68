using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Tests;

/// <summary>What a consumer makes of a handler that fails, and of a settlement that does.</summary>
public sealed class QueueConsumerTests
{
    private const int DeliveryFailed = 11;
    private const int SettlementLost = 12;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_settlement_that_fails_is_no_failure_of_the_handler(bool byBroker)
    {
        var delivery = new FakeDelivery(() => byBroker ? new BrokerException(BrokerErrorCode.NotFound, "too late") : new ObjectDisposedException("client"));
        (await RunAsync(delivery, (_, _) => ValueTask.CompletedTask)).Should().Equal(SettlementLost);
        delivery.Calls.Should().Equal("ack");
    }

    [Fact]
    public async Task A_handler_that_fails_gives_the_task_back()
    {
        var delivery = new FakeDelivery();
        (await RunAsync(delivery, (_, _) => throw new InvalidOperationException("no"))).Should().Equal(DeliveryFailed);
        delivery.Calls.Should().Equal("nack InvalidOperationException: no");
    }

    [Fact]
    public async Task A_task_that_a_failed_handler_cannot_give_back_costs_nothing_else()
    {
        var delivery = new FakeDelivery(() => new ObjectDisposedException("client"));
        (await RunAsync(delivery, (_, _) => throw new InvalidOperationException("no"))).Should().Equal(DeliveryFailed, SettlementLost);
        delivery.Calls.Should().Equal("nack InvalidOperationException: no");
    }

    /// <summary>Has one task handled, and gives the events that were logged.</summary>
    private static async Task<IReadOnlyList<int>> RunAsync(FakeDelivery delivery, Func<IQueueDelivery, CancellationToken, ValueTask> handler)
    {
        var log = new EventLog();
        var consumer = new QueueConsumer("c", "q", handler, new(), _ => Task.CompletedTask, new FakeTimeProvider(), log);
        consumer.Take(delivery, CancellationToken.None);
        await consumer.DrainAsync(Token);
        return log.Events;
    }

    private sealed class FakeDelivery(Func<Exception>? failure = null) : IQueueDelivery
    {
        public List<string> Calls { get; } = [];

        public QueueTask Task { get; } = new("t", "q", default, 1, default, new Dictionary<string, string>());

        public bool IsSettled => Calls.Count > 0;

        public ValueTask AckAsync(CancellationToken cancellationToken = default) => Settle("ack");

        public ValueTask NackAsync(NackOptions? options = null, CancellationToken cancellationToken = default) => Settle($"nack {options?.Reason}");

        private ValueTask Settle(string how)
        {
            Calls.Add(how);
            return failure is null ? default : throw failure();
        }
    }

    private sealed class EventLog : ILogger
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add(eventId.Id);
    }
}
