namespace Promethean.Broker.Testing.Tests;

public sealed class AssertTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_is_expected_by_topic_number_payload_and_subscriber()
    {
        await using var broker = new InMemoryBroker();
        var (one, other) = (broker.Connect("one"), broker.Connect("other"));
        await one.SubscribeAsync("a.*", (_, _) => default, cancellationToken: Token);
        await other.SubscribeAsync("a.b", (_, _) => default, cancellationToken: Token);
        await one.PublishAsync("a.b", JsonPayload.Parse("1"), cancellationToken: Token);
        await one.PublishAsync("a.c", JsonPayload.Parse("2"), cancellationToken: Token);
        broker.ExpectDelivered("a.b", 2);
        broker.ExpectDelivered("a.b", to: "other");
        broker.ExpectDelivered("a.>", 1, message => message.Payload.ToString() == "2");
        broker.ExpectDelivered("a.>", 2, to: "one").Select(message => message.Payload.ToString()).Should().Equal("1", "2");
        broker.ExpectDelivered("b", 0);
        broker.ExpectNoOtherMessages("a.*");
        broker.ExpectNoErrors();
    }

    [Fact]
    public async Task A_failure_tells_the_seed_the_faults_and_the_timeline()
    {
        await using var broker = new InMemoryBroker(new() { Seed = 77, Faults = new() { DropRate = 1 } });
        var client = broker.Connect("teller");
        await client.SubscribeAsync("a", (_, _) => default, cancellationToken: Token);
        await client.PublishAsync("a", JsonPayload.Parse("""{"n":1}"""), cancellationToken: Token);
        var failing = () => broker.ExpectDelivered("a");
        failing.Should().Throw<BrokerAssertionException>()
            .WithMessage("Expected 1 delivery(ies) of 'a', but there were 0.*Seed: 77 (faults: drop 100.0 %)*Published*a m1 from teller {\"n\":1}*Dropped*a m1 to teller (lost to chance)*");
    }

    [Fact]
    public async Task A_long_timeline_is_cut_and_kept_whole_in_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("broker-trace-");
        try
        {
            await using var broker = new InMemoryBroker(new() { TraceDirectory = folder.FullName });
            var client = broker.Connect();
            for (var i = 0; i < 500; i++)
            {
                await client.PublishAsync("a", default, cancellationToken: Token);
            }

            var failing = () => broker.ExpectNoOtherMessages();
            var message = failing.Should().Throw<BrokerAssertionException>().Which.Message;
            message.Split('\n').Length.Should().BeLessThan(80);
            var file = folder.GetFiles().Should().ContainSingle().Which;
            message.Should().Contain(file.FullName);
            (await File.ReadAllLinesAsync(file.FullName, Token)).Length.Should().BeGreaterThan(1000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Expectations_refuse_a_log_that_has_forgotten()
    {
        await using var broker = new InMemoryBroker(new() { LogCapacity = 4 });
        var client = broker.Connect();
        for (var i = 0; i < 5; i++)
        {
            await client.PublishAsync("a", default, cancellationToken: Token);
        }

        var failing = () => broker.ExpectDelivered("a", 0);
        failing.Should().Throw<BrokerAssertionException>().WithMessage("*LogCapacity*");
    }

    [Fact]
    public async Task The_next_message_is_the_next_one_published()
    {
        await using var broker = new InMemoryBroker(new() { HangGuard = TimeSpan.FromMilliseconds(50) });
        var client = broker.Connect();
        await client.PublishAsync("a", JsonPayload.Parse("1"), cancellationToken: Token);
        var next = broker.NextMessageAsync("a", Token);
        next.IsCompleted.Should().BeFalse();
        await client.PublishAsync("b", JsonPayload.Parse("2"), cancellationToken: Token);
        await client.PublishAsync("a", JsonPayload.Parse("3"), cancellationToken: Token);
        (await next).Payload.ToString().Should().Be("3");
        var never = () => broker.NextMessageAsync("a", Token);
        await never.Should().ThrowAsync<BrokerAssertionException>().WithMessage("Waited in vain for a message to 'a'*");
    }

    [Fact]
    public async Task Draining_waits_for_handlers_that_really_wait()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var handled = 0;
        await client.SubscribeAsync("a", async (_, _) => { await Task.Yield(); handled++; }, cancellationToken: Token);
        for (var i = 0; i < 20; i++)
        {
            await client.PublishAsync("a", default, cancellationToken: Token);
        }

        (await broker.DrainAsync("a", Token)).Should().HaveCount(20);
        handled.Should().Be(20);
    }

    [Fact]
    public async Task A_session_is_quiet_when_all_cascading_work_is_done_and_looks_at_nothing_before_it()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        await client.PublishAsync("before", default, cancellationToken: Token);
        await client.SubscribeAsync(
            "step.*",
            async (message, token) =>
            {
                await Task.Yield();
                var step = int.Parse(message.Topic[5..], System.Globalization.CultureInfo.InvariantCulture);
                if (step < 30)
                {
                    await client.PublishAsync($"step.{step + 1}", default, cancellationToken: token);
                }
            },
            cancellationToken: Token);
        var session = broker.Track();
        await client.PublishAsync("step.1", default, cancellationToken: Token);
        await session.QuietAsync(Token);
        session.Published().Should().HaveCount(30);
        session.ExpectDelivered("step.30");
        session.ExpectDelivered("step.31", 0);
        session.ExpectNoOtherMessages("step.*");
        session.ExpectNoErrors();
    }

    [Fact]
    public async Task A_handlers_error_is_expected_away_with_its_exception()
    {
        await using var broker = new InMemoryBroker();
        var client = broker.Connect();
        var thrown = new InvalidOperationException("Boom.");
        await client.SubscribeAsync("a", (_, _) => throw thrown, cancellationToken: Token);
        await client.PublishAsync("a", default, cancellationToken: Token);
        broker.Invoking(one => one.ExpectNoErrors()).Should().Throw<BrokerAssertionException>().Which.InnerException.Should().BeSameAs(thrown);
    }

    [Fact]
    public async Task A_recorder_keeps_payloads_times_and_numbers()
    {
        var clock = new VirtualClock();
        await using var broker = new InMemoryBroker(time: clock);
        var client = broker.Connect();
        var recorder = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32, clock);
        await client.SubscribeAsync("a", recorder.HandleAsync, cancellationToken: Token);
        var two = recorder.WaitForAsync(2, Token);
        await client.PublishAsync("a", 5, NumberJsonContext.Default.Int32, cancellationToken: Token);
        await clock.AdvanceAsync(TimeSpan.FromSeconds(1), Token);
        two.IsCompleted.Should().BeFalse();
        await client.PublishAsync("a", 6, NumberJsonContext.Default.Int32, cancellationToken: Token);
        await two;
        recorder.Payloads.Should().Equal(5, 6);
        recorder.Messages.Select(message => (message.Number, message.ReceivedAt - clock.Start)).Should().Equal((1, TimeSpan.Zero), (2, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_test_around_a_broker_fails_with_the_brokers_story()
    {
        var failing = () => MockBroker.WithMockBrokerAsync(new() { Seed = 9 }, async broker =>
        {
            await broker.Connect("me").PublishAsync("a", default, cancellationToken: Token);
            throw new InvalidOperationException("The test failed.");
        });
        var failure = (await failing.Should().ThrowAsync<BrokerAssertionException>()).Which;
        failure.Message.Should().StartWith("The test failed.").And.Contain("Seed: 9").And.Contain("Published");
        failure.InnerException.Should().BeOfType<InvalidOperationException>();
        var passing = () => MockBroker.WithMockBrokerAsync(null, _ => Task.CompletedTask);
        await passing.Should().NotThrowAsync();
    }
}
