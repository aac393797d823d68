using System.Runtime.CompilerServices;

namespace Promethean.Vectors;

/// <summary>One handle of a collection in an <see cref="EmbeddedVectorStore"/>.</summary>
internal sealed class EmbeddedVectorCollection(EmbeddedVectorStore store, EmbeddedVectorData data) : IVectorCollection
{
    private bool _disposed;

    public string Name => data.Name;

    public EmbeddingSpec Spec => data.Spec;

    public async ValueTask AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        CheckBatch(records);
        await store.WriteAsync<object?>(data, table => new([.. records.Where(r => !table.Contains(r.Id))], [], null), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        CheckBatch(records);
        await store.WriteAsync<object?>(data, _ => new(records, [], null), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<int> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        Enter();
        ArgumentNullException.ThrowIfNull(ids);
        return store.WriteAsync<int>(
            data,
            table =>
            {
                string[] there = [.. ids.Distinct(StringComparer.Ordinal).Where(table.Contains)];
                return new([], there, there.Length);
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<VectorRecord>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        Enter();
        ArgumentNullException.ThrowIfNull(ids);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(data.Table.Get(ids));
    }

    public ValueTask<IReadOnlyList<VectorHit>> QueryAsync(VectorQuery query, CancellationToken cancellationToken = default)
    {
        Enter();
        ArgumentNullException.ThrowIfNull(query);
        query.Check(Spec);
        return ValueTask.FromResult(store.Query(data, query, cancellationToken));
    }

    public ValueTask<long> CountAsync(VectorFilter? filter = null, CancellationToken cancellationToken = default)
    {
        Enter();
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(filter is null ? data.Table.Count : data.Table.CountWhere(filter));
    }

    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter();
        foreach (var id in data.Table.Ids())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    private void CheckBatch(IReadOnlyList<VectorRecord> records)
    {
        Enter();
        ArgumentNullException.ThrowIfNull(records);
        VectorRules.CheckBatch(records, Spec);
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        store.ThrowIfDisposed();
    }
}
