using System.Collections.Concurrent;

namespace Promethean.Broker.Testing.Tests;

public sealed class ConcurrencyTests
{
    private const int Callers = 6;
    private const int Steps = 150;

    [Fact]
    public async Task Whatever_happens_at_once_each_request_ends_once_and_each_message_is_accounted_for()
    {
        var seed = (int)TimeProvider.System.GetTimestamp();
        TestContext.Current.TestOutputHelper!.WriteLine($"Seed: {seed}");
        await using var broker = new InMemoryBroker(new() { MaxQueuedRequests = 8, LogCapacity = 100_000 });
        var outcomes = new ConcurrentQueue<string>();
        var accepted = new ConcurrentBag<IBrokerSubscription>();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => RunAsync(broker, new Random(seed + caller), outcomes, accepted))))
            .WaitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(accepted.Select(subscription => subscription.DrainAsync(TestContext.Current.CancellationToken).AsTask()));

        var counters = broker.Counters;
        (counters.Answered + counters.Failed).Should().Be(counters.Requests);
        outcomes.Count.Should().Be((int)counters.Requests);
        broker.Log.Where(entry => entry.Kind is BrokerLogKind.Answered or BrokerLogKind.Failed).Select(entry => entry.Id).Should().OnlyHaveUniqueItems();
        counters.HandlerErrors.Should().Be(0, "every handler saw its publisher's order");
        counters.Delivered.Should().Be(counters.Published);
    }

    private static async Task RunAsync(InMemoryBroker broker, Random random, ConcurrentQueue<string> outcomes, ConcurrentBag<IBrokerSubscription> subscriptions)
    {
        var client = broker.Connect();
        var last = 0;
        var ordered = await client.SubscribeAsync(
            $"own.{client.Name}",
            async (message, _) =>
            {
                if (last % 3 == 0)
                {
                    await Task.Yield();
                }

                var number = int.Parse(message.Payload.ToString(), System.Globalization.CultureInfo.InvariantCulture);
                number.Should().Be(++last, "a publisher's order is kept");
            },
            new() { Capacity = Steps });
        subscriptions.Add(ordered);
        var published = 0;
        IBrokerWorker? worker = null;
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    await client.PublishAsync($"own.{client.Name}", JsonPayload.Parse($"{++published}"));
                    break;
                case 1 when worker is null:
                    worker = await client.ServeAsync(["act"], (request, token) => ServeAsync(request, token), new() { Concurrency = 2 });
                    break;
                case 1:
                    await worker.DisposeAsync();
                    worker = null;
                    break;
                case 2:
                    outcomes.Enqueue(await AskAsync(client, TimeSpan.FromMilliseconds(random.Next(1, 3)), CancellationToken.None));
                    break;
                default:
                    using (var cancellation = new CancellationTokenSource())
                    {
                        var asking = AskAsync(client, TimeSpan.FromMinutes(1), cancellation.Token);
                        if (random.Next(3) == 0)
                        {
                            await cancellation.CancelAsync();
                        }

                        outcomes.Enqueue(await asking);
                    }

                    break;
            }
        }

        await ordered.DrainAsync();
        last.Should().Be(published);
        if (worker is not null)
        {
            await worker.DisposeAsync();
        }
    }

    private static async IAsyncEnumerable<BrokerReply> ServeAsync(BrokerRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new("step", request.Payload, false);
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return new("done", request.Payload, true);
    }

    private static async Task<string> AskAsync(IBrokerClient client, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.RequestAsync("act", JsonPayload.Parse("{}"), new() { Timeout = timeout }, cancellationToken)).Event;
        }
        catch (BrokerException e)
        {
            return e.Code.ToWireName();
        }
        catch (OperationCanceledException)
        {
            return "left";
        }
    }
}
