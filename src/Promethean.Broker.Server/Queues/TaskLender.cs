namespace Promethean.Broker.Server;

/// <summary>Gives tasks to consumers that have room, and takes them back where they are not done; under the dispatcher's lock.</summary>
/// <remarks>Where there is a journal, an attempt is written before its task goes out: until then the task is on its way, and is
/// withdrawn, not returned, where its consumer is gone meanwhile.</remarks>
internal sealed class TaskLender(TaskBook book, ConsumerTable consumers, JournalWriter? writer, DueTimer timer, TimeProvider time)
{
    private static readonly NackOptions LeaseOver = new() { Reason = "the lease ran out" };

    private bool _isPaused;

    /// <summary>Whether nothing is given out any more.</summary>
    public bool IsDraining { get; set; }

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Gives out what a queue has, as far as somebody has room.</summary>
    public void Dispatch(string queue)
    {
        while (!IsDraining
            && HasRoomInJournal()
            && consumers.Next(queue) is { } consumer
            && (writer is null ? book.Take(queue, consumer, consumer.Lease, Now) : book.Promise(queue, consumer, Now)) is { } task)
        {
            consumers.Hold(consumer, task);
            if (writer is null)
            {
                Assign(consumer, task);
            }
            else
            {
                writer.Append(new() { Change = StoredTasks.Changed(task, Now), Written = () => Deliver(consumer, task) });
            }
        }
    }

    public void DispatchAll()
    {
        foreach (var queue in consumers.Queues)
        {
            Dispatch(queue);
        }
    }

    /// <summary>The journal has got on: what was held up for it may go.</summary>
    public void GoOn()
    {
        if (_isPaused)
        {
            _isPaused = false;
            DispatchAll();
        }
    }

    /// <summary>Does what has come due: leases that ran out, delays that passed.</summary>
    public void TakeTime()
    {
        var now = Now;
        timer.Clear();
        foreach (var task in book.Expired(now))
        {
            var holder = (QueueConsumer)task.Holder!;
            holder.Tasks.Remove(task.Id);
            LetGo(holder);
            Return(task, LeaseOver);
        }

        // Queues without a consumer too: what is due there would wake the timer again at once.
        book.Ripen(now);
        DispatchAll();
        if (book.NextDue is { } next)
        {
            timer.Arm(next);
        }
    }

    /// <summary>A task that was not done goes back to its queue, or to the dead letters.</summary>
    public void Return(BookedTask task, NackOptions how)
    {
        var now = Now;
        book.Return(task, how, now);
        writer?.Append(new() { Change = StoredTasks.Changed(task, now) });
        if (task.Due > now)
        {
            timer.Arm(task.Due);
        }
    }

    /// <summary>Takes back a task that has not reached its consumer.</summary>
    public void Withdraw(BookedTask task)
    {
        var now = Now;
        book.Withdraw(task, now);
        writer?.Append(new() { Change = StoredTasks.Changed(task, now) });
    }

    /// <summary>Gives a consumer no more tasks; those it holds stay its own.</summary>
    public void Retire(QueueConsumer consumer)
    {
        consumers.Remove(consumer);
        consumer.Credit = 0;
        var mine = consumer.Connection.Queues;
        mine.Consumers.Remove(consumer.Name);
        mine.Leaving.Add(consumer);
        // The end of the registration is about to be acknowledged, and no task comes after that.
        foreach (var task in consumer.Tasks.Values.Where(task => task.IsOnTheWay).ToList())
        {
            consumer.Tasks.Remove(task.Id);
            Withdraw(task);
        }

        LetGo(consumer);
    }

    /// <summary>Forgets a retired consumer once it holds nothing.</summary>
    public static void LetGo(QueueConsumer consumer)
    {
        if (consumer.Tasks.Count == 0)
        {
            consumer.Connection.Queues.Leaving.Remove(consumer);
        }
    }

    private void Assign(QueueConsumer consumer, BookedTask task)
    {
        consumer.Connection.Reply(ServerFrames.QueueTaskAssigned(task, consumer.Name.Length == 0 ? null : consumer.Name));
        timer.Arm(task.Due);
    }

    /// <summary>A task whose attempt is written goes to its consumer, if that is still there to take it.</summary>
    private void Deliver(QueueConsumer consumer, BookedTask task)
    {
        // Where it is somebody else's by now, it was withdrawn meanwhile; a consumer that has left never comes back as the same.
        if (task.Holder != consumer || !task.IsOnTheWay)
        {
            return;
        }

        if (IsDraining)
        {
            consumer.Tasks.Remove(task.Id);
            Withdraw(task);
            return;
        }

        book.Lend(task, consumer.Lease, Now);
        Assign(consumer, task);
    }

    private bool HasRoomInJournal()
    {
        if (writer?.Busy is null)
        {
            return true;
        }

        _isPaused = true;
        return false;
    }
}
