namespace Promethean.Vectors.Tests;

[ConformanceOf(typeof(EmbeddedVectorCollection))]
public sealed class SqliteVectorCollectionConformance : VectorCollectionConformance
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedVectorStore? _store;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    protected override async ValueTask<IVectorCollection> OpenEmptyAsync()
    {
        _store = await EmbeddedVectorStore.OpenAsync(new() { Path = _folder.File("vectors.db") }, cancellationToken: Token);
        return await _store.OpenCollectionAsync("conformance", Spec, Token);
    }
}
