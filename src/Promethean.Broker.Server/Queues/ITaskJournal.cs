namespace Promethean.Broker.Server;

/// <summary>Where a broker's queues are kept beyond its process. Registered in the container, it makes the queues durable.</summary>
/// <remarks><para>The broker reads everything once, before it admits clients, and writes from then on: one batch at a time, the next
/// only when the one before was written. A batch that failed, or of which nobody knows, comes again, the same changes in the same
/// order, until it is written: writing it twice must have the effect of writing it once, also when the first attempt takes effect
/// late.</para>
/// <para>A journal that is <see cref="IAsyncDisposable"/> is disposed with the host, after the last write.</para></remarks>
public interface ITaskJournal
{
    /// <summary>The largest task it can keep: payload and headers, in bytes. A larger one is refused with <c>too_large</c>, since a
    /// change that can never be written would stop all others.</summary>
    int MaxTaskBytes { get; }

    /// <summary>Gives every task that is kept, in any order; those that ended, for as long as their names are remembered.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TaskJournalException">It cannot be read, or is another broker's: the host does not start.</exception>
    IAsyncEnumerable<StoredTask> LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes changes; when it completes, they survive.</summary>
    /// <param name="batch">At most one change for each task.</param>
    /// <param name="cancellationToken">Gives up; what was written is then unknown.</param>
    /// <exception cref="TaskJournalLostException">Another broker keeps these queues now: this one writes no more, and its host ends.</exception>
    Task WriteAsync(IReadOnlyList<TaskChange> batch, CancellationToken cancellationToken = default);
}
