namespace Promethean.Vectors;

/// <summary>
/// Records in memory: vectors one after another in blocks, everything else in a row of its own. Rows are dense: the last
/// one moves into the place of a deleted one. Any number of readers, or one writer.
/// </summary>
internal sealed class VectorTable(int dimension) : IDisposable
{
    private const int FloatsPerBlock = 256 * 1024;
    private const int FloatsWorthAThread = 1024 * 1024;

    private readonly int _rowsPerBlock = Math.Max(1, FloatsPerBlock / dimension);
    private readonly Dictionary<string, int> _rowOf = new(StringComparer.Ordinal);
    private readonly List<float[]> _blocks = [];
    private readonly ReaderWriterLockSlim _lock = new();
    private VectorRow[] _rows = [];
    private int _count;
    private bool _disposed;

    public long Count
    {
        get
        {
            using var reading = Read();
            return _count;
        }
    }

    public bool Contains(string id)
    {
        using var reading = Read();
        return _rowOf.ContainsKey(id);
    }

    public string[] Ids()
    {
        using var reading = Read();
        return [.. _rowOf.Keys];
    }

    public long CountWhere(VectorFilter filter)
    {
        using var reading = Read();
        var count = 0L;
        for (var row = 0; row < _count; row++)
        {
            if (filter.Matches(_rows[row].Metadata)) count++;
        }

        return count;
    }

    public IReadOnlyList<VectorRecord> Get(IReadOnlyList<string> ids)
    {
        using var reading = Read();
        var records = new List<VectorRecord>(ids.Count);
        foreach (var id in ids)
        {
            if (id is not null && _rowOf.TryGetValue(id, out var row)) records.Add(RecordAt(row));
        }

        return records;
    }

    public IReadOnlyList<VectorHit> Query(VectorQuery query, int maxThreads, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var direction = Cosine.Direction(query.Embedding.Span);
        using var reading = Read();
        var best = NewHits();
        var threads = (int)Math.Min(maxThreads, (long)_count * dimension / FloatsWorthAThread);
        if (threads < 2)
        {
            for (var block = 0; block < _blocks.Count; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Scan(block, direction, query.Filter, best);
            }
        }
        else
        {
            Parallel.For(
                0,
                _blocks.Count,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                NewHits,
                (block, _, hits) => Scan(block, direction, query.Filter, hits),
                hits =>
                {
                    lock (best) best.Add(hits);
                });
        }

        return best.Sorted().ConvertAll(hit => new VectorHit(RecordAt(hit.Row), hit.Score));

        TopHits NewHits() => new(Math.Min(query.Limit, _count), _rows);
    }

    public void Apply(IReadOnlyList<VectorRecord> upserts, IReadOnlyList<string> deletes)
    {
        _lock.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var id in deletes) Delete(id);
            foreach (var record in upserts) Upsert(record);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Waits for the readers and lets the memory go. The lock itself stays for those who come too late.</summary>
    public void Dispose()
    {
        _lock.EnterWriteLock();
        _disposed = true;
        _count = 0;
        _rowOf.Clear();
        _blocks.Clear();
        _rows = [];
        _lock.ExitWriteLock();
    }

    private ReadLock Read()
    {
        var reading = new ReadLock(_lock);
        if (!_disposed) return reading;
        reading.Dispose();
        throw new ObjectDisposedException(nameof(EmbeddedVectorStore));
    }

    private TopHits Scan(int block, float[] direction, VectorFilter? filter, TopHits hits)
    {
        var first = block * _rowsPerBlock;
        var rows = _rows.AsSpan(first, Math.Min(_rowsPerBlock, _count - first));
        ReadOnlySpan<float> vectors = _blocks[block];
        for (var i = 0; i < rows.Length; i++)
        {
            ref var row = ref rows[i];
            var score = Math.Clamp(Cosine.Dot(direction, vectors.Slice(i * dimension, dimension)) * row.InverseNorm, -1f, 1f);

            // The score first: metadata is read only for the few that would be among the best.
            if (hits.Takes(score, row.Id) && (filter is null || filter.Matches(row.Metadata))) hits.Add(score, first + i);
        }

        return hits;
    }

    private void Upsert(VectorRecord record)
    {
        if (!_rowOf.TryGetValue(record.Id, out var at))
        {
            at = _count;
            if (at == _rows.Length) Array.Resize(ref _rows, Math.Max(64, at * 2));
            if (at / _rowsPerBlock == _blocks.Count) _blocks.Add(GC.AllocateUninitializedArray<float>(_rowsPerBlock * dimension));
            _rowOf.Add(record.Id, at);
            _count++;
        }

        var vector = record.Embedding.Span;
        var norm = Cosine.Norm(vector);
        ref var row = ref _rows[at];
        row.Id = record.Id;
        row.Document = record.Document is { } document ? WellFormedText.From(document) : null;
        row.Metadata = record.Metadata;
        row.Original = null;
        if (Cosine.IsOrdinary(norm))
        {
            row.InverseNorm = (float)(1 / norm);
            vector.CopyTo(VectorAt(at));
        }
        else
        {
            // Lengths near the ends of what a float can hold would overflow or vanish in the dot product.
            row.Original = vector.ToArray();
            row.InverseNorm = norm == 0 ? 0 : 1;
            Cosine.Direction(vector).CopyTo(VectorAt(at));
        }
    }

    private void Delete(string id)
    {
        if (!_rowOf.Remove(id, out var hole)) return;
        var last = --_count;
        if (hole != last)
        {
            _rows[hole] = _rows[last];
            _rowOf[_rows[hole].Id] = hole;
            VectorAt(last).CopyTo(VectorAt(hole));
        }

        _rows[last] = default;
        if (last % _rowsPerBlock == 0) _blocks.RemoveAt(_blocks.Count - 1);
    }

    private VectorRecord RecordAt(int at)
    {
        ref readonly var row = ref _rows[at];
        return new VectorRecord { Id = row.Id, Embedding = row.Original?.ToArray() ?? VectorAt(at).ToArray(), Document = row.Document, Metadata = row.Metadata };
    }

    private Span<float> VectorAt(int row) => _blocks[row / _rowsPerBlock].AsSpan(row % _rowsPerBlock * dimension, dimension);
}
