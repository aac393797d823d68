using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

/// <summary>A vector collection whose calls fail as planned, before or after they took effect.</summary>
internal sealed class FaultyVectors(IVectorCollection inner, FaultPlan plan) : IVectorCollection
{
    public string Name => inner.Name;

    public EmbeddingSpec Spec => inner.Spec;

    public async ValueTask AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default) =>
        await plan.RunAsync("vectors.add", () => inner.AddAsync(records, cancellationToken).AsTask());

    public async ValueTask UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default) =>
        await plan.RunAsync("vectors.upsert", () => inner.UpsertAsync(records, cancellationToken).AsTask());

    public async ValueTask<int> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default) =>
        await plan.RunAsync("vectors.delete", () => inner.DeleteAsync(ids, cancellationToken).AsTask());

    public async ValueTask<IReadOnlyList<VectorRecord>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default) =>
        await plan.RunAsync("vectors.get", () => inner.GetAsync(ids, cancellationToken).AsTask());

    public ValueTask<IReadOnlyList<VectorHit>> QueryAsync(VectorQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

    public ValueTask<long> CountAsync(VectorFilter? filter = null, CancellationToken cancellationToken = default) => inner.CountAsync(filter, cancellationToken);

    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken = default) => inner.ListIdsAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
