namespace Promethean.Broker.Server;

/// <summary>Takes tasks in: new ones of clients, and those that the journal kept; under the dispatcher's lock.</summary>
/// <remarks>Where there is a journal, a task is written before it is acknowledged and before anyone gets it.</remarks>
internal sealed class TaskIntake(
    TaskBook book, TaskLender lender, ITaskJournal? journal, JournalWriter? writer, DueTimer timer, BrokerServerMetrics metrics, TimeProvider time)
{
    private static readonly NackOptions BrokerEnded = new() { Reason = "the broker ended during its last attempt" };
    private static readonly Refusal ShuttingDown = new(BrokerErrorCode.Overloaded, "The broker is shutting down.", TimeSpan.FromSeconds(1));

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Takes in what was kept: the names of what has ended, and the tasks that have not.</summary>
    public void Restore(IReadOnlyList<StoredTask> kept)
    {
        var now = Now;
        foreach (var ended in kept.Where(task => task.FadesAt > now).OrderBy(task => task.FadesAt))
        {
            if (StoredTasks.Name(ended) is { } name)
            {
                book.Restore(name, ended.Id, ended.FadesAt!.Value);
            }
        }

        foreach (var stored in kept.Where(task => task.DoneAt is null))
        {
            Restore(StoredTasks.Book(stored), now);
        }

        if (book.NextDue is { } next)
        {
            timer.Arm(next);
        }
    }

    /// <summary>Takes a task, says its id, and has it given out where somebody has room.</summary>
    public void Enqueue(ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId)
    {
        if ((lender.IsDraining ? ShuttingDown : writer?.Busy ?? TooLarge(task)) is { } refusal)
        {
            sender.Acknowledge(rawId, refusal);
            return;
        }

        EnqueueResult result;
        try
        {
            result = book.Add(task.Queue, task.Value, task.Options, Now, isOnTheWay: writer is not null, sender.Tenant.Org);
        }
        catch (BrokerException e)
        {
            sender.Acknowledge(rawId, new(e.Code, e.Message, e.RetryAfter));
            return;
        }

        metrics.Tasks(result.IsDuplicate ? 0 : 1);
        if (writer is not null)
        {
            Record(writer, sender, task, rawId, result);
            return;
        }

        if (!rawId.IsEmpty)
        {
            sender.Reply(ServerFrames.Enqueued(rawId, result));
        }

        if (!result.IsDuplicate)
        {
            if (task.Options.Delay > TimeSpan.Zero)
            {
                timer.Arm(Now + task.Options.Delay);
            }

            lender.Dispatch(task.Queue);
        }
    }

    private void Record(JournalWriter journalWriter, ClientConnection sender, EnqueuePayload task, ReadOnlyMemory<byte> rawId, EnqueueResult result)
    {
        if (result.IsDuplicate)
        {
            // The one that it repeats may itself not be written yet.
            journalWriter.Append(new JournalEntry().For(sender, rawId, result));
            return;
        }

        var added = book.Find(task.Queue, result.TaskId)!;
        var entry = new JournalEntry { Change = StoredTasks.New(added), Written = () => Arrive(added) };
        journalWriter.Append(entry.For(sender, rawId, result));
    }

    private void Arrive(BookedTask task)
    {
        var now = Now;
        book.Arrive(task, now);
        if (task.Due > now)
        {
            timer.Arm(task.Due);
        }

        lender.Dispatch(task.Queue);
    }

    private void Restore(BookedTask task, DateTimeOffset now)
    {
        book.Restore(task, now);
        metrics.Tasks(1);
        if (task.Attempts >= task.MaxAttempts && !QueueName.IsDeadLetters(task.Queue))
        {
            lender.Return(task, BrokerEnded);
        }
    }

    private Refusal? TooLarge(EnqueuePayload task) => journal is not null && StoredTasks.Size(task) > journal.MaxTaskBytes
        ? new(BrokerErrorCode.TooLarge, $"A stored task has at most {journal.MaxTaskBytes} bytes.")
        : null;
}
