namespace Promethean.Broker.Testing.Tests;

public sealed class BadInputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publishing_after_closing_is_refused()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        await client.DisposeAsync();
        await client.Awaiting(one => one.PublishAsync("a", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        await client.Awaiting(one => one.EnqueueAsync("a", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a.*")]
    [InlineData("a b")]
    [InlineData("a\r\nPUB x")]
    public async Task An_invalid_topic_is_refused_by_name(string topic)
    {
        await using var broker = new InMemoryBroker();
        var publishing = () => broker.Connect().PublishAsync(topic, default, cancellationToken: Token).AsTask();
        (await publishing.Should().ThrowAsync<BrokerException>().WithMessage($"'{topic}' is not a topic*")).Which.Code.Should().Be(BrokerErrorCode.InvalidRequest);
    }

    [Fact]
    public async Task A_payload_that_does_not_fit_is_its_subscribers_error_and_nobody_elses()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var numbers = new List<int>();
        var others = 0;
        await client.SubscribeAsync("a", (message, _) => { numbers.Add(message.Payload); return default; }, NumberJsonContext.Default.Int32, cancellationToken: Token);
        await client.SubscribeAsync("a", (_, _) => { others++; return default; }, cancellationToken: Token);
        await client.PublishAsync("a", JsonPayload.Parse("\"no number\""), cancellationToken: Token);
        await client.PublishAsync("a", JsonPayload.Parse("7"), cancellationToken: Token);
        (others, broker.Counters.HandlerErrors).Should().Be((2, 1));
        numbers.Should().Equal(7);
        broker.Log.Single(entry => entry.Kind == BrokerLogKind.HandlerFailed).Error.Should().BeOfType<BrokerException>()
            .Which.Message.Should().StartWith("The payload is not a Int32");
    }

    [Fact]
    public async Task A_handlers_exception_reaches_the_publisher_only_where_that_is_asked()
    {
        var thrown = new InvalidOperationException("Boom.");
        await using var quiet = new InMemoryBroker();
        await quiet.Connect().SubscribeAsync("a", (_, _) => throw thrown, cancellationToken: Token);
        await quiet.Connect().PublishAsync("a", default, cancellationToken: Token);

        await using var loud = new InMemoryBroker(new() { PropagateHandlerExceptions = true });
        var client = loud.Connect();
        await client.SubscribeAsync("a.*", (_, _) => throw thrown, cancellationToken: Token);
        (await client.Awaiting(one => one.PublishAsync("a.b", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<InvalidOperationException>())
            .Which.Should().BeSameAs(thrown);
        await client.SubscribeAsync("a.b", (_, _) => throw new FormatException(), cancellationToken: Token);
        (await client.Awaiting(one => one.PublishAsync("a.b", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<AggregateException>())
            .Which.InnerExceptions.Should().HaveCount(2);
        loud.Counters.HandlerErrors.Should().Be(3);
    }

    [Fact]
    public async Task An_overflow_that_throws_reaches_the_publisher_where_that_is_asked()
    {
        await using var broker = new InMemoryBroker(new() { PropagateHandlerExceptions = true });
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        var subscription = await client.SubscribeAsync("a", async (_, _) => await open.Task, new() { Capacity = 1, Overflow = BrokerOverflow.Throw }, Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        (await client.Awaiting(one => one.PublishAsync("a", default, cancellationToken: Token).AsTask()).Should().ThrowAsync<BrokerException>())
            .Which.Code.Should().Be(BrokerErrorCode.Overloaded);
        open.SetResult();
        await subscription.Completion.Awaiting(task => task).Should().ThrowAsync<BrokerException>();
    }

    [Fact]
    public async Task A_publisher_waits_for_room_and_no_longer_than_it_may()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var client = broker.Connect();
        var open = new TaskCompletionSource();
        var subscription = await client.SubscribeAsync(
            "a", async (_, _) => await open.Task, new() { Capacity = 1, Overflow = BrokerOverflow.Wait, OverflowTimeout = TimeSpan.FromSeconds(5) }, Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        var late = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(4), Token);
        late.IsCompleted.Should().BeFalse();
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
        late.IsCompletedSuccessfully.Should().BeTrue();
        (subscription.Dropped, subscription.Pending).Should().Be((1, 2));
        var patient = client.PublishAsync("a", default, cancellationToken: Token).AsTask();
        open.SetResult();
        await patient;
        await broker.QuietAsync(Token);
        broker.Counters.Should().BeEquivalentTo(new { Published = 4, Delivered = 3, Dropped = 1 });
    }
}
