using System.Runtime.CompilerServices;

namespace Promethean.Broker.Testing.Tests;

/// <summary>A small system as one writes it: orders are enqueued, each consumer asks a worker for a price and books it in a ledger,
/// then says so on a topic. What it promises: every order is booked once, and the total is right.</summary>
internal sealed class Workshop(SimulatedRun run, Bug bug = Bug.None) : IDisposable
{
    private static readonly EnqueueOptions Patient = new() { MaxAttempts = 1000 };

    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly HashSet<string> _booked = [];
    private readonly List<int> _bookings = [];
    private int _total;

    private InMemoryBroker Broker => run.Broker;

    public async Task RunAsync(int orders)
    {
        using var owned = this;
        var consumer = Broker.Connect("consumer");
        await Broker.Connect("pricer").ServeAsync(["price"], PriceAsync, new() { Concurrency = 2 });
        await consumer.ConsumeAsync("orders", BookAsync, new() { Credit = 3, Lease = TimeSpan.FromSeconds(5), RetryDelay = TimeSpan.FromMilliseconds(50) });
        var audience = new RecordingSubscriber<int>(NumberJsonContext.Default.Int32, run.Clock);
        await Broker.Connect("audience").SubscribeAsync("booked", audience.HandleAsync);
        var shop = Broker.Connect("shop");
        for (var order = 1; order <= orders; order++)
        {
            await EnqueueAsync(shop, order);
            if (run.Random.Next(10) == 0)
            {
                consumer.DisconnectNow(TimeSpan.FromMilliseconds(run.Random.Next(1, 500)));
            }
        }

        await Broker.RecoverAsync();
        Check(orders, audience);
    }

    public void Dispose() => _lock.Dispose();

    private void Check(int orders, RecordingSubscriber<int> audience)
    {
        var plan = Broker.Counters;
        _bookings.Order().Should().Equal(Enumerable.Range(1, orders), "every order is booked, and once");
        _total.Should().Be(_bookings.Sum(Price), "the ledger adds up");
        Broker.InFlight.Should().Be(0);
        plan.Enqueued.Should().Be(orders, "an order that is sent again is known by its name");
        (plan.Answered + plan.Failed).Should().Be(plan.Requests, "each request ends once");
        plan.DeadLettered.Should().Be(0);
        var published = Broker.Log.Where(entry => entry.Kind == BrokerLogKind.Published).Select(entry => entry.Message!).ToList();
        var repeated = Broker.Log.Where(entry => entry.Kind == BrokerLogKind.Duplicated && entry.Subject == "booked").Select(entry => entry.Id).ToHashSet();
        foreach (var group in audience.Messages.GroupBy(message => message.Message.Id))
        {
            group.Count().Should().BeLessThanOrEqualTo(repeated.Contains(group.Key) ? 2 : 1, "only what the plan repeats comes twice");
        }

        if (FaultPlan.FromSeed(run.Seed).Ordering == MessageOrder.InOrder)
        {
            audience.Messages.Select(message => published.FindIndex(one => one.Id == message.Message.Id))
                .Should().BeInAscendingOrder("the plan shuffles nothing");
        }

        if (FaultPlan.FromSeed(run.Seed) is { DropRate: 0, DisconnectRate: 0 })
        {
            audience.Messages.Select(message => message.Message.Id).Distinct().Count().Should().Be(published.Count, "the plan loses nothing");
        }
    }

    private async Task EnqueueAsync(InMemoryBrokerClient shop, int order)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await shop.EnqueueAsync("orders", JsonPayload.From(order, NumberJsonContext.Default.Int32), new() { DedupeId = $"order-{order}", MaxAttempts = Patient.MaxAttempts });
                return;
            }
            catch (BrokerException e) when (e.IsTransient && tries < 50)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), run.Clock);
            }
        }
    }

    private async ValueTask BookAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        if (bug == Bug.AckFirst)
        {
            await delivery.AckAsync(cancellationToken);
        }

        var order = delivery.Task.Payload.Read(NumberJsonContext.Default.Int32);
        var client = Broker.Connect();
        var price = (await client.RequestAsync("price", JsonPayload.Parse($$"""{"order":{{order}}}"""), new() { Timeout = TimeSpan.FromSeconds(1) }, cancellationToken))
            .Body.Read(NumberJsonContext.Default.PriceAnswer)!.Price;
        if (bug != Bug.NoLock)
        {
            await _lock.WaitAsync(cancellationToken);
        }

        try
        {
            if (bug != Bug.NotIdempotent && !_booked.Add(delivery.Task.Id))
            {
                return;
            }

            var before = _total;
            if (bug == Bug.NoLock)
            {
                // As a store would be asked, between the reading and the writing.
                await client.RequestAsync("price", JsonPayload.Parse("""{"order":0}"""), new() { Timeout = TimeSpan.FromSeconds(1) }, CancellationToken.None);
            }

            _total = before + price;
            _bookings.Add(order);
        }
        finally
        {
            if (bug != Bug.NoLock)
            {
                _lock.Release();
            }
        }

        await client.PublishAsync("booked", JsonPayload.From(order, NumberJsonContext.Default.Int32), cancellationToken: cancellationToken);
        await client.DisposeAsync();
    }

    private async IAsyncEnumerable<BrokerReply> PriceAsync(BrokerRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var order = request.Payload.Read(NumberJsonContext.Default.PriceRequest)!.Order;
        await Task.Delay(TimeSpan.FromMilliseconds(order % 3), run.Clock, cancellationToken);
        yield return BrokerReply.Final("priced", new(Price(order)), NumberJsonContext.Default.PriceAnswer);
    }

    private static int Price(int order) => order * 10;
}
