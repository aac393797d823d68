using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Promethean.Broker.Server.Tests;

/// <summary>One broker's way to a <see cref="JournalStore"/>, which can stall, fail, and be cut.</summary>
internal sealed class FakeJournal(JournalStore store) : ITaskJournal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _open = Opened();
    private bool _isCut;

    public int MaxTaskBytes { get; init; } = 1024 * 1024;

    /// <summary>Thrown by a reading.</summary>
    public Exception? Unreadable { get; init; }

    /// <summary>Asked before each write: how many of its changes take effect, and what is thrown then; null for a write that goes well.</summary>
    public Func<int, (int Applied, Exception Error)?> Fault { get; set; } = _ => null;

    /// <summary>The size of each batch that was tried.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    /// <summary>Lets writes wait until <see cref="Release"/>.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Release() => _open.TrySetResult();

    /// <summary>The broker's process is gone, as far as the journal sees: nothing more is written.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
        }
    }

    public async IAsyncEnumerable<StoredTask> LoadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        if (Unreadable is not null)
        {
            throw Unreadable;
        }

        // In no order that means anything.
        foreach (var task in store.Tasks)
        {
            yield return task;
        }
    }

    public async Task WriteAsync(IReadOnlyList<TaskChange> batch, CancellationToken cancellationToken = default)
    {
        Batches.Enqueue(batch.Count);
        batch.Select(change => change.Task.Id).Should().OnlyHaveUniqueItems();
        await _open.Task.WaitAsync(cancellationToken);
        await Task.Yield();
        lock (_lock)
        {
            var fault = _isCut ? (0, new IOException("The test has cut the journal.")) : Fault(batch.Count);
            foreach (var change in batch.Take(fault?.Applied ?? batch.Count))
            {
                store.Apply(change);
            }

            if (fault is { Error: var error })
            {
                throw error;
            }
        }
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
