using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>An open cursor: a source and the document, if any, that did not fit the last batch.</summary>
internal sealed class ServerCursor(CollectionName name, Guid? session, IDocumentSource source, bool timesOut) : IDisposable
{
    private byte[]? _left;
    private int _busy;

    public long Id { get; set; }

    public CollectionName Name => name;

    /// <summary>The session that opened the cursor and takes it along when it ends.</summary>
    public Guid? Session => session;

    /// <summary>Whether it is closed when it lies unused too long; if not, it lives as long as its session.</summary>
    public bool TimesOut => timesOut;

    /// <summary>The time of its last batch, as a timestamp of the server's clock.</summary>
    public long LastUse { get; set; }

    /// <summary>The number of the transaction that the cursor reads in and ends with, or null.</summary>
    public long? TransactionNumber { get; init; }

    public IDocumentSource Source => source;

    /// <summary>Whether a document that was read waits for the next batch.</summary>
    public bool HasLeft => _left is not null;

    /// <summary>Whether a command has it.</summary>
    public bool IsBusy => Volatile.Read(ref _busy) != 0;

    /// <summary>Takes the cursor for one batch; false if another command has it.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Fills a batch; returns whether there may be more.</summary>
    public bool Fill(BatchBuilder batch, IReadView view, Interruption interruption)
    {
        if (_left is not null)
        {
            if (!batch.TryAdd(_left)) return true;
            _left = null;
        }

        if (batch.IsFull) return !source.IsExhausted;
        foreach (var document in source.Continue(view, interruption))
        {
            if (!batch.TryAdd(document))
            {
                _left = document;
                return true;
            }

            if (batch.IsFull) return !source.IsExhausted;
        }

        return false;
    }

    public void Dispose() => source.Dispose();
}
