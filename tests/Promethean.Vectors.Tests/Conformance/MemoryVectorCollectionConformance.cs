namespace Promethean.Vectors.Tests;

[ConformanceOf(typeof(EmbeddedVectorCollection))]
public sealed class MemoryVectorCollectionConformance : VectorCollectionConformance
{
    private EmbeddedVectorStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _store!.DisposeAsync();
    }

    protected override async ValueTask<IVectorCollection> OpenEmptyAsync()
    {
        _store = await EmbeddedVectorStore.OpenAsync(new(), cancellationToken: Token);
        return await _store.OpenCollectionAsync("conformance", Spec, Token);
    }
}
