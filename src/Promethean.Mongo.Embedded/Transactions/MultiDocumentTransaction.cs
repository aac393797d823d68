using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>
/// An open transaction ("Transactions" in MongoDB's manual). Its commands run one after the other, each between
/// <see cref="EnterAsync"/> and <see cref="Leave"/>; whoever wants it gone calls <see cref="Abort"/> at any time.
/// </summary>
internal sealed class MultiDocumentTransaction : IDisposable
{
    private const int Open = 0;
    private const int Doomed = 1;
    private const int Committing = 2;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TransactionCoordinator _coordinator;
    private readonly ServerSession _session;
    private readonly IReadView _snapshot;
    private int _state;
    private int _released;

    public MultiDocumentTransaction(TransactionCoordinator coordinator, ServerSession session, long number, long started)
    {
        _coordinator = coordinator;
        _session = session;
        Number = number;
        Started = started;
        _snapshot = coordinator.Storage.OpenView();
        Overlay = new TransactionOverlay(_snapshot, new WriteClaims(coordinator.Storage, coordinator.Intents, this));
    }

    public long Number { get; }

    /// <summary>When it began, as a timestamp of the server's clock.</summary>
    public long Started { get; }

    /// <summary>What its commands read and write.</summary>
    public TransactionOverlay Overlay { get; }

    /// <summary>Ends with the transaction.</summary>
    public Task Ended => _ended.Task;

    public WriteOrigin Origin => new(_session.Id, Number, IsTransaction: true);

    public bool IsOpen => Volatile.Read(ref _state) == Open;

    public Task EnterAsync(CancellationToken cancellationToken) => _gate.WaitAsync(cancellationToken);

    public void Leave()
    {
        // Whoever aborts it between the look and the release finds the gate shut and leaves it to this: so look again.
        do
        {
            if (Volatile.Read(ref _state) == Doomed) Release();
            _gate.Release();
        }
        while (Volatile.Read(ref _state) == Doomed && Volatile.Read(ref _released) == 0 && _gate.Wait(0));
    }

    /// <summary>Undoes everything; at once, or as soon as the command that is running has ended. Too late once it is being committed.</summary>
    public void Abort()
    {
        if (Interlocked.CompareExchange(ref _state, Doomed, Open) != Open) return;
        _session.Note(Number, TransactionOutcome.Aborted);
        if (!_gate.Wait(0)) return;
        Leave();
    }

    /// <summary>Makes everything durable and visible at once. Called between <see cref="EnterAsync"/> and <see cref="Leave"/>.</summary>
    /// <exception cref="WriteConflictException">Something has changed that the transaction has written; nothing of it remains.</exception>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Committing, Open) != Open)
            throw ServerSession.NoSuchTransaction($"Transaction with {{ txnNumber: {Number} }} has been aborted.");
        try
        {
            if (Overlay.Changes.Count > 0)
            {
                await _coordinator.Storage.WriteAsync(
                    transaction =>
                    {
                        new TransactionReplay(transaction).Run(Overlay.Changes);
                        return 0;
                    },
                    this,
                    cancellationToken).ConfigureAwait(false);
            }

            _session.Note(Number, TransactionOutcome.Committed);
            Release();
        }
        catch
        {
            Volatile.Write(ref _state, Doomed);
            _session.Note(Number, TransactionOutcome.Aborted);
            throw;
        }
    }

    public void Dispose()
    {
        Abort();
        _gate.Dispose();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0) return;
        _coordinator.Intents.Release(this);
        _coordinator.Cursors.KillOf(_session.Id, Number);
        _snapshot.Dispose();
        _ended.SetResult();
    }
}
