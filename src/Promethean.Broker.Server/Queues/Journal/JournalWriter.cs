using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Writes changes to the journal, as many together as wait, in the order in which they came.</summary>
/// <remarks>A batch that fails is written again and again until it is written, and nothing overtakes it: memory is ahead of the
/// journal, never beside it. Whoever waits is answered after <see cref="BrokerServerOptions.JournalTimeout"/> at the latest.
/// All members but <see cref="DisposeAsync"/> and <see cref="FlushAsync"/> are called under the gate, and so is what entries bring.</remarks>
internal sealed class JournalWriter : IAsyncDisposable
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private static readonly Refusal Full = new(BrokerErrorCode.Overloaded, "Too many changes of tasks wait to be stored.", TryAgain);
    private static readonly Refusal Stuck = new(BrokerErrorCode.Overloaded, "The broker cannot store tasks now.", TimeSpan.FromSeconds(5));
    private static readonly Refusal Overdue = new(
        BrokerErrorCode.Internal, "It could not be stored in time, and may be stored yet. Try again, a task with the same dedupe_id.", TryAgain);

    private readonly Queue<JournalEntry> _waiting = new();
    private readonly CancellationTokenSource _stop = new();

    // One token: "something waits". The loop takes it and looks.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly ITaskJournal _journal;
    private readonly Lock _gate;
    private readonly BrokerServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _overdue;
    private JournalBatch _batch = new();
    private Task _running = Task.CompletedTask;
    private bool _isTimerSet;
    private bool _isStuck;
    private bool _isLost;

    public JournalWriter(ITaskJournal journal, Lock gate, BrokerServerOptions options, TimeProvider time, ILogger logger)
    {
        _journal = journal;
        _gate = gate;
        _options = options;
        _time = time;
        _logger = logger;
        _overdue = time.CreateTimer(_ => AnswerOverdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hears after each batch that there may be room again.</summary>
    public required Action Advanced { get; init; }

    /// <summary>Hears that nothing can be written any more.</summary>
    public required Action Lost { get; init; }

    /// <summary>Changes that are not written yet.</summary>
    public int Backlog => _batch.Entries.Count + _waiting.Count;

    /// <summary>Why nothing should be added by anyone who can as well come later; null when it may.</summary>
    public Refusal? Busy => _isStuck || _isLost ? Stuck : Backlog >= _options.MaxJournalBacklog ? Full : null;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public void Append(JournalEntry entry)
    {
        entry.Deadline = _time.GetTimestamp() + (long)(_options.JournalTimeout.TotalSeconds * _time.TimestampFrequency);
        if (_isLost)
        {
            entry.Refuse(Stuck);
            return;
        }

        _waiting.Enqueue(entry);
        if (!_isTimerSet)
        {
            SetTimer(entry);
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Waits until everything is written, what is added meanwhile included; gives false where that cannot be.</summary>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (_isLost || Backlog == 0)
                {
                    return !_isLost;
                }

                Append(new() { Written = written.SetResult });
            }

            await Task.WhenAny(written.Task, _running).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _overdue.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _changed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                while (TakeBatch())
                {
                    await WriteAsync(cancellationToken).ConfigureAwait(false);
                    Confirm();
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.JournalLost(_logger, e);
            GiveUp();
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_batch.HasRoom && _waiting.TryDequeue(out var entry))
            {
                _batch.Add(entry);
            }

            return _batch.Entries.Count > 0;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var delay = FirstDelay;
        while (_batch.Changes.Count > 0)
        {
            try
            {
                await _journal.WriteAsync(_batch.Changes, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not TaskJournalLostException && !cancellationToken.IsCancellationRequested)
            {
                Log.JournalWriteFailed(_logger, _batch.Changes.Count, delay, e);
            }

            await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    private void Confirm()
    {
        lock (_gate)
        {
            var written = _batch;
            _batch = new();
            _isStuck = false;
            foreach (var entry in written.Entries)
            {
                // First the answer: what is written may at once be given to the one who waits for it.
                entry.Confirm();
                entry.Written?.Invoke();
            }

            Advanced();
        }
    }

    private void AnswerOverdue()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _isTimerSet = false;
            // A batch that itself has waited too long says that the journal does not answer; a long queue does not.
            _isStuck |= _batch.Entries is [var first, ..] && first.Deadline <= now;
            foreach (var entry in _batch.Entries.Concat(_waiting))
            {
                if (entry.Deadline > now)
                {
                    SetTimer(entry);
                    return;
                }

                entry.Refuse(Overdue);
            }
        }
    }

    private void SetTimer(JournalEntry entry)
    {
        _isTimerSet = true;
        // Timers count whole milliseconds, and one that comes too early comes in vain.
        var wait = Math.Max(0, Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), entry.Deadline).TotalMilliseconds));
        _overdue.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            _isLost = true;
            foreach (var entry in _batch.Entries.Concat(_waiting))
            {
                entry.Refuse(Overdue);
            }

            _batch = new();
            _waiting.Clear();
        }

        Lost();
    }
}
