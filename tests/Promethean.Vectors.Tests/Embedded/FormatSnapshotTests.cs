namespace Promethean.Vectors.Tests;

/// <summary>Files that released versions wrote, which every later version must read.</summary>
public sealed class FormatSnapshotTests
{
    private static readonly VectorRecord[] Records =
    [
        new() { Id = "plain", Embedding = new[] { 1f, 2f, 3f } },
        new()
        {
            Id = "Ünïcode 東京 🚀",
            Embedding = new[] { -0.1f, 1.4e-45f, 3.4028235e38f },
            Document = "two\nlines",
            Metadata = new([new("text", "ä"), new("whole", -9007199254740993L), new("number", 1.0), new("truth", true), new("texts", new[] { "#a", "#b" }), new("numbers", VectorValue.From([0.5, 2.0]))]),
        },
    ];

    [Fact]
    public async Task Format_1_is_read()
    {
        using var folder = new TemporaryFolder();
        var token = TestContext.Current.CancellationToken;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Snapshots", "format-1.db"), folder.File("store.db"));

        await using var store = await EmbeddedVectorStore.OpenAsync(new() { Path = folder.File("store.db") }, cancellationToken: token);
        var collection = await store.OpenCollectionAsync("snapshot", new("model-of-0.1.0", 3), token);

        (await collection.GetAsync([.. Records.Select(r => r.Id)], token)).Should().Equal(Records);
        (await collection.CountAsync(cancellationToken: token)).Should().Be(2);
    }
}
