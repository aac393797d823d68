using System.Collections.Concurrent;
using Promethean.Broker;
using Promethean.Mongo.Embedded;

namespace Promethean.Chaos.Tests;

/// <summary>kill -9 to a broker with durable queues, twice in a row, while tasks are enqueued and taken.</summary>
[Trait("Category", "Integration")]
public sealed class KilledBrokerTests(ITestOutputHelper output) : IDisposable
{
    private const int Tasks = 1000;
    private const int AtOnce = 16;
    private const string Queue = "work";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("promethean-chaos-");
    private readonly ConcurrentDictionary<int, int> _deliveries = new();
    private readonly ConcurrentDictionary<int, bool> _done = new();
    private readonly ConcurrentQueue<int> _undone = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_killed_broker_acknowledged_is_delivered_and_what_was_done_stays_done()
    {
        await using var mongo = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = _folder.FullName }, Token);
        var acknowledged = 0;
        var mayBeThere = new ConcurrentDictionary<int, bool>();
        await using (var broker = await BrokerProcess.ServeDurableAsync(mongo.ConnectionString, Token))
        {
            await using var producer = await broker.ConnectAsync(Token);
            await Parallel.ForEachAsync(Enumerable.Range(0, Tasks), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (number, token) =>
                await producer.EnqueueAsync(Queue, Numbers.Payload(number), new() { MaxAttempts = 100 }, token));
            acknowledged = Tasks;
            // More come while it is killed: of these some are acknowledged and some fail.
            using var killed = new CancellationTokenSource();
            var more = Task.WhenAll(Enumerable.Range(0, AtOnce).Select(lane => EnqueueUntilAsync(producer, lane, killed.Token)));
            await TakeAndKillAsync(broker, Tasks / 4);
            await killed.CancelAsync();
            await more;
        }

        await using (var broker = await BrokerProcess.ServeDurableAsync(mongo.ConnectionString, Token))
        {
            await TakeAndKillAsync(broker, Tasks / 2);
        }

        await using var last = await BrokerProcess.ServeDurableAsync(mongo.ConnectionString, Token);
        await using var client = await last.ConnectAsync(Token);
        var doneBefore = _done.Count;
        await using var consumer = await client.ConsumeAsync(Queue, TakeAsync, new() { Credit = AtOnce }, Token);
        await Until.TrueAsync(async () => await BrokerProcess.MetricAsync(client, "tasks", Token) == 0, TimeProvider.System.GetTimestamp(), Token);
        await consumer.DrainAsync(Token);
        var promised = Enumerable.Range(0, Tasks).Concat(mayBeThere.Where(task => !task.Value).Select(task => task.Key)).ToList();

        output.WriteLine($"{acknowledged} enqueues acknowledged, {mayBeThere.Count(task => task.Value)} failed; {doneBefore} known as done before the last start, {_done.Count} after it; "
            + $"{_deliveries.Count} tasks came {_deliveries.Values.Sum()} times");
        promised.Except(_deliveries.Keys).Should().BeEmpty("an acknowledged task is delivered at least once");
        promised.Should().HaveCount(acknowledged);
        // An end may be stored though the word of it did not come back; then the task is not seen as done, and does not come again.
        _undone.Should().BeEmpty("a task whose end was acknowledged does not come again");

        async Task EnqueueUntilAsync(WebSocketBrokerClient producer, int lane, CancellationToken ended)
        {
            for (var number = Tasks + lane; !ended.IsCancellationRequested; number += AtOnce)
            {
                mayBeThere[number] = true;
                try
                {
                    await producer.EnqueueAsync(Queue, Numbers.Payload(number), new() { MaxAttempts = 100 }, ended);
                    mayBeThere[number] = false;
                    Interlocked.Increment(ref acknowledged);
                }
                catch (Exception e) when (e is BrokerException or OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Consumes until so many are done, and kills the broker while others are in the consumers' hands.</summary>
    private async Task TakeAndKillAsync(BrokerProcess broker, int done)
    {
        await using var client = await broker.ConnectAsync(Token);
        await client.ConsumeAsync(Queue, TakeAsync, new() { Credit = AtOnce }, Token);
        await client.ConsumeAsync(Queue, TakeAsync, new() { Credit = AtOnce }, Token);
        await Until.TrueAsync(() => _done.Count >= done, TimeProvider.System.GetTimestamp(), Token);
        await broker.Process.KillAsync();
    }

    private async ValueTask TakeAsync(IQueueDelivery delivery, CancellationToken cancellationToken)
    {
        var number = Numbers.Of(delivery.Task.Payload);
        _deliveries.AddOrUpdate(number, 1, (_, times) => times + 1);
        if (_done.ContainsKey(number))
        {
            _undone.Enqueue(number);
        }

        try
        {
            await delivery.AckAsync(cancellationToken);
            _done[number] = true;
        }
        catch (BrokerException)
        {
            // Not acknowledged: it may come again.
        }
    }
}
