namespace Promethean.Broker.Testing;

/// <summary>The stage of the cases of <see cref="IBrokerQueue"/>.</summary>
internal sealed class QueueStage(Func<ValueTask<IBrokerQueue>> connect, CancellationToken guard) : ConformanceStage<IBrokerQueue>(connect, guard)
{
    /// <summary>A delay that really passes, long against a call and short against patience.</summary>
    public static TimeSpan Moment { get; } = TimeSpan.FromMilliseconds(50);

    public static ConformanceCase<IBrokerQueue> Case(string name, Func<QueueStage, Task> run) => new(
        name,
        async (connect, guard) =>
        {
            var stage = new QueueStage(connect, guard);
            await using (stage.ConfigureAwait(false))
            {
                await run(stage).ConfigureAwait(false);
            }
        });

    public static int Number(IQueueDelivery delivery) => ConformanceStage.Number(delivery.Task.Payload);

    public async Task<string> EnqueueAsync(IBrokerQueue client, string queue, int number, EnqueueOptions? options = null) =>
        (await client.EnqueueAsync(queue, ConformanceStage.Note(number), options, Guard).ConfigureAwait(false)).TaskId;

    public ValueTask<IQueueConsumer> ConsumeAsync(
        IBrokerQueue client, string queue, Func<IQueueDelivery, CancellationToken, ValueTask> handler, ConsumeOptions? options = null) =>
        client.ConsumeAsync(queue, handler, options, Guard);

    /// <summary>Consumes with a handler that collects and returns.</summary>
    public async Task<TaskCollector> CollectAsync(IBrokerQueue client, string queue, ConsumeOptions? options = null)
    {
        var collector = new TaskCollector(Guard);
        await ConsumeAsync(client, queue, collector.TakeAsync, options).ConfigureAwait(false);
        return collector;
    }
}
