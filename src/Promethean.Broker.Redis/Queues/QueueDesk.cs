using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>This client's consumers, and the tasks in their hands.</summary>
internal sealed class QueueDesk(RedisLink link, RedisKeys keys, RedisBrokerOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const int RenewedAtOnce = 500;

    private readonly ConcurrentDictionary<string, QueueConsumer> _consumers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _leaving = new();
    private readonly ConcurrentDictionary<(string Queue, string Task), RedisDelivery> _held = new();
    private readonly ConcurrentDictionary<string, QueueAlarm> _alarms = new();
    private long _lastTask;
    private int _lastConsumer;

    public IEnumerable<QueueConsumer> Consumers => _consumers.Values;

    public bool IsIdle => _consumers.IsEmpty && _held.IsEmpty;

    public static long Milliseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMilliseconds);

    public string NextConsumer() => $"{keys.Client}/q{Interlocked.Increment(ref _lastConsumer)}";

    public async Task<EnqueueResult> EnqueueAsync(
        IDatabase database, string queue, JsonPayload payload, EnqueueOptions how, byte[] headers, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{keys.Client}-{Interlocked.Increment(ref _lastTask):x}");
        var result = await EvaluateAsync(
            database,
            queue,
            $"the task for '{queue}'",
            ["enqueue", .. Common(queue), id, payload.Utf8, headers, Milliseconds(how.Delay), how.MaxAttempts ?? options.MaxTaskAttempts, how.DedupeId ?? "", options.MaxQueuedTasks],
            cancellationToken).ConfigureAwait(false);
        return (string?)result[0] switch
        {
            "full" => throw new BrokerException(BrokerErrorCode.Overloaded, $"The queue '{queue}' holds {options.MaxQueuedTasks} tasks already.", TimeSpan.FromSeconds(1)),
            var outcome => new((string)result[1]!, outcome == "known"),
        };
    }

    public async Task AddAsync(QueueConsumer consumer, CancellationToken cancellationToken)
    {
        var database = await link.GetAsync(null, cancellationToken).ConfigureAwait(false);
        _consumers[consumer.Name] = consumer;
        await AnnounceAsync(database, consumer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a consumer out once nothing more comes for it; what it holds stays in its hands.</summary>
    public async Task RemoveAsync(QueueConsumer consumer)
    {
        if (link.Current is { } database)
        {
            var left = _leaving[consumer.Name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await EvaluateAsync(database, consumer.Queue, "the end of a consumer", ["leave", .. Common(consumer.Queue), consumer.Name], default).ConfigureAwait(false);
                await left.Task.WaitAsync(options.CallTimeout, time, link.Cut).ConfigureAwait(false);
            }
            catch (Exception e) when (e is BrokerException or TimeoutException or OperationCanceledException)
            {
                Log.LeaveLost(logger, consumer.Name, e);
            }

            _leaving.TryRemove(consumer.Name, out _);
        }

        _consumers.TryRemove(consumer.Name, out _);
    }

    public void Take(InboxNote note)
    {
        switch (note.Kind)
        {
            case 'T':
                Assign(note);
                break;
            case 'D':
                Remind(note.Words[1], long.Parse(note.Words[2], NumberStyles.None, CultureInfo.InvariantCulture));
                break;
            case 'L' when _leaving.TryGetValue(note.Words[1], out var left):
                left.TrySetResult();
                break;
            default:
                // What nobody here waits for any more.
                break;
        }
    }

    public async Task SettleAsync(RedisDelivery delivery, string[] how, CancellationToken cancellationToken)
    {
        var task = delivery.Task;
        try
        {
            var database = await link.GetAsync(null, cancellationToken).ConfigureAwait(false);
            RedisValue[] arguments = [how[0], .. Common(task.Queue), delivery.Consumer, delivery.Tag, .. how.Skip(1).Select(word => (RedisValue)word)];
            var result = await EvaluateAsync(database, task.Queue, $"the settlement of task '{task.Id}'", arguments, cancellationToken).ConfigureAwait(false);
            if ((string?)result[0] == "gone")
            {
                throw new BrokerException(BrokerErrorCode.NotFound, $"Task '{task.Id}' of queue '{task.Queue}' is not in this consumer's hands any more.");
            }
        }
        finally
        {
            // Where it could not be said, the task is no longer renewed, and is given out again.
            LetGo(delivery);
            delivery.Dispose();
        }
    }

    /// <summary>Shows that the consumers live, and renews what is held.</summary>
    public async Task BeatAsync(IDatabase database)
    {
        foreach (var consumer in Consumers.Where(consumer => !consumer.IsEnding))
        {
            await AnnounceAsync(database, consumer, default).ConfigureAwait(false);
        }

        foreach (var group in _held.Values.Where(held => !_consumers.TryGetValue(held.Consumer, out var consumer) || consumer.IsEnding).GroupBy(held => (held.Task.Queue, held.Consumer)))
        {
            await RenewAsync(database, group.Key.Queue, group.Key.Consumer, 0, 0, [.. group], default).ConfigureAwait(false);
        }
    }

    /// <summary>Gives back what is still held when the client goes.</summary>
    public Task ReturnAllAsync() => Task.WhenAll(_held.Values.Where(held => !held.IsSettled).Select(async held =>
    {
        held.Lose();
        try
        {
            await held.NackAsync(new() { Reason = "the client was disposed" }).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            HandlerLog.SettlementLost(logger, held.Task.Queue, held.Task.Id, e);
        }
    }));

    public void Dispose()
    {
        foreach (var alarm in _alarms.Values)
        {
            alarm.Dispose();
        }
    }

    private void LetGo(RedisDelivery delivery) => _held.TryRemove(new((delivery.Task.Queue, delivery.Task.Id), delivery));

    private RedisValue[] Common(string queue) =>
        [queue, QueueName.DeadLetters(queue), keys.Inboxes, (long)options.PresenceTimeout.TotalMilliseconds, Milliseconds(options.DedupeWindow)];

    private Task<RedisResult> EvaluateAsync(IDatabase database, string queue, string what, RedisValue[] arguments, CancellationToken cancellationToken) =>
        link.EvaluateAsync(database, RedisScript.Queue, keys.Queue(queue), arguments, what, cancellationToken);

    private void Assign(InboxNote note)
    {
        var (name, queue, id) = (note.Words[1], note.Words[2], note.Words[3]);
        var headersLength = int.Parse(note.Words[6], NumberStyles.None, CultureInfo.InvariantCulture);
        var reader = new Utf8JsonReader(note.Body.Span[..headersLength]);
        var task = new QueueTask(
            id,
            queue,
            JsonPayload.FromTrustedUtf8(note.Body[headersLength..]),
            int.Parse(note.Words[4], NumberStyles.None, CultureInfo.InvariantCulture),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(note.Words[5], NumberStyles.None, CultureInfo.InvariantCulture)),
            EnvelopeReader.ReadHeaders(ref reader));
        var delivery = new RedisDelivery(task, name, this, time);
        if (_held.TryGetValue((queue, id), out var earlier))
        {
            // It came back here before this side knew that it had been lost.
            earlier.Lose();
        }

        _held[(queue, id)] = delivery;
        if (_consumers.TryGetValue(name, out var consumer))
        {
            consumer.Take(delivery, delivery.Lost);
            if (consumer.Options.Lease < options.PresenceTimeout)
            {
                Remind(queue, Milliseconds(consumer.Options.Lease));
            }
        }
        else
        {
            _ = GiveBackAsync(delivery);
        }
    }

    private async Task GiveBackAsync(RedisDelivery delivery)
    {
        try
        {
            await delivery.NackAsync().ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            HandlerLog.SettlementLost(logger, delivery.Task.Queue, delivery.Task.Id, e);
        }
    }

    private Task AnnounceAsync(IDatabase database, QueueConsumer consumer, CancellationToken cancellationToken) => RenewAsync(
        database,
        consumer.Queue,
        consumer.Name,
        consumer.Options.Credit,
        Milliseconds(consumer.Options.Lease),
        [.. _held.Values.Where(held => held.Consumer == consumer.Name)],
        cancellationToken);

    private async Task RenewAsync(
        IDatabase database, string queue, string consumer, int credit, long lease, IReadOnlyList<RedisDelivery> held, CancellationToken cancellationToken)
    {
        var from = 0;
        do
        {
            var some = held.Skip(from).Take(RenewedAtOnce).ToList();
            from += RenewedAtOnce;
            RedisValue[] arguments = ["ready", .. Common(queue), consumer, credit, lease, .. some.Select(one => (RedisValue)one.Tag)];
            var answer = (RedisValue[])(await EvaluateAsync(database, queue, $"the consumer of '{queue}'", arguments, cancellationToken).ConfigureAwait(false))!;
            foreach (var tag in answer.Skip(1).Select(tag => (string)tag!))
            {
                if (some.Find(one => one.Tag == tag && !one.IsSettled) is { } lost)
                {
                    LetGo(lost);
                    lost.Lose();
                }
            }

            RemindOf(queue, answer[0]);
        }
        while (from < held.Count);
    }

    private void RemindOf(string queue, RedisValue due)
    {
        if (long.Parse((string)due!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is >= 0 and var delay)
        {
            Remind(queue, delay);
        }
    }

    private void Remind(string queue, long delay)
    {
        // What is further off is seen with the next sign of life.
        if (TimeSpan.FromMilliseconds(delay) <= options.PresenceInterval && !link.Stopped.IsCancellationRequested)
        {
            _alarms.GetOrAdd(queue, name => new QueueAlarm(() => _ = PokeAsync(name), time)).Set(TimeSpan.FromMilliseconds(delay));
        }
    }

    private async Task PokeAsync(string queue)
    {
        if (link.Current is not { } database)
        {
            return;
        }

        try
        {
            var answer = await EvaluateAsync(database, queue, $"a look at queue '{queue}'", ["poke", .. Common(queue)], default).ConfigureAwait(false);
            RemindOf(queue, (RedisValue)answer[0]);
        }
        catch (BrokerException e)
        {
            Log.PokeLost(logger, queue, e);
        }
    }
}
