using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Promethean.Vectors.Tests;

public sealed class VectorFileTests : IDisposable
{
    private static readonly EmbeddingSpec Spec = new("model-a", 3);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string StorePath => _folder.File("vectors.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_there_after_opening_again()
    {
        VectorRecord[] records =
        [
            new() { Id = "a", Embedding = new[] { 1f, 2, 3 }, Document = "text", Metadata = new([new("tags", new[] { "#x" }), new("n", 1.5)]) },
            new() { Id = "b", Embedding = new[] { -0f, 0, 1e-44f } },
            new() { Id = "gone", Embedding = new[] { 1f, 1, 1 } },
        ];
        await using (var store = await OpenAsync())
        {
            var collection = await store.OpenCollectionAsync("pages", Spec, Token);
            await collection.UpsertAsync(records, Token);
            await collection.DeleteAsync(["gone"], Token);
        }

        await using var again = await OpenAsync();
        var read = await (await again.OpenCollectionAsync("pages", Spec, Token)).GetAsync(["a", "b", "gone"], Token);

        read.Should().Equal(records[0], records[1]);
        Directory.GetFiles(Path.GetDirectoryName(StorePath)!).Should().OnlyContain(f => f.StartsWith(StorePath, StringComparison.Ordinal) && !f.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_folder_is_made()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new() { Path = _folder.File("a/b/vectors.db") }, cancellationToken: Token);

        File.Exists(_folder.File("a/b/vectors.db")).Should().BeTrue();
    }

    [Fact]
    public async Task Every_acknowledged_write_is_in_the_files_at_once()
    {
        await using var store = await OpenAsync();
        var collection = await store.OpenCollectionAsync("pages", Spec, Token);
        for (var i = 0; i < 5; i++)
        {
            await collection.UpsertAsync([new() { Id = $"{i}", Embedding = new[] { 1f, i, 0 } }], Token);

            // What the kernel holds now is what a killed process would leave behind.
            var copy = _folder.File($"copy-{i}.db");
            CopyOpenStore(copy);
            await using var left = await EmbeddedVectorStore.OpenAsync(new() { Path = copy }, cancellationToken: Token);
            (await (await left.OpenCollectionAsync("pages", Spec, Token)).CountAsync(cancellationToken: Token)).Should().Be(i + 1);
        }
    }

    [Fact]
    public async Task Another_model_is_refused_and_the_data_stays()
    {
        await SeedAsync(1);
        await using (var store = await OpenAsync())
        {
            var refused = async () => await store.OpenCollectionAsync("pages", new("model-b", 3), Token);
            (await refused.Should().ThrowAsync<EmbeddingSpecMismatchException>()).Which.Message.Should().ContainAll(StorePath, "model-a", "model-b");
        }

        await using var again = await OpenAsync();
        (await (await again.OpenCollectionAsync("pages", Spec, Token)).CountAsync(cancellationToken: Token)).Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_is_open_elsewhere_is_refused_clearly()
    {
        await using var store = await OpenAsync();
        var collection = await store.OpenCollectionAsync("pages", Spec, Token);

        var error = await RefusalAsync();

        error.Error.Should().Be(VectorStoreError.InUse);
        error.Message.Should().ContainAll(StorePath, "open in another process");
        await collection.UpsertAsync([new() { Id = "still works", Embedding = new float[3] }], Token);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(StorePath, new string('x', 5000), Token);

        await RefusedUnchangedAsync(VectorStoreError.NotAStore);
    }

    [Fact]
    public async Task An_empty_file_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(StorePath, "", Token);

        await RefusedUnchangedAsync(VectorStoreError.NotAStore);
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_alone()
    {
        await using (var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE mine(x); PRAGMA journal_mode = WAL;";
            await command.ExecuteNonQueryAsync(Token);
        }

        await RefusedUnchangedAsync(VectorStoreError.NotAStore);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        await SeedAsync(1);
        var bytes = await File.ReadAllBytesAsync(StorePath, Token);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(60), 2);
        await File.WriteAllBytesAsync(StorePath, bytes, Token);

        var error = await RefusedUnchangedAsync(VectorStoreError.NewerFormat);
        error.Message.Should().ContainAll("format 2", "reads up to 1", "Update the package");
    }

    [Theory]
    [InlineData(4096 + 3)]
    [InlineData(3 * 4096)]
    public async Task A_damaged_file_is_refused_and_left_alone(int at)
    {
        await SeedAsync(500);
        var bytes = await File.ReadAllBytesAsync(StorePath, Token);
        bytes.AsSpan(at, 2000).Fill(0xA5);
        await File.WriteAllBytesAsync(StorePath, bytes, Token);

        await RefusedUnchangedAsync(VectorStoreError.Corrupt);
    }

    [Fact]
    public async Task A_damaged_file_is_left_alone_with_its_unfinished_log()
    {
        await SeedAsync(500);
        var copy = _folder.File("copy.db");
        await using (var store = await OpenAsync())
        {
            var collection = await store.OpenCollectionAsync("pages", Spec, Token);
            await collection.UpsertAsync([new() { Id = "late", Embedding = new float[3] }], Token);
            CopyOpenStore(copy);
        }

        var bytes = await File.ReadAllBytesAsync(copy, Token);
        bytes.AsSpan(3 * 4096, 2000).Fill(0xA5);
        await File.WriteAllBytesAsync(copy, bytes, Token);
        var log = await File.ReadAllBytesAsync(copy + "-wal", Token);
        log.Should().NotBeEmpty();

        var refused = async () => await EmbeddedVectorStore.OpenAsync(new() { Path = copy }, cancellationToken: Token);

        (await refused.Should().ThrowAsync<VectorStoreException>()).Which.Error.Should().Be(VectorStoreError.Corrupt);
        (await File.ReadAllBytesAsync(copy, Token)).Should().Equal(bytes);
        (await File.ReadAllBytesAsync(copy + "-wal", Token)).Should().Equal(log);
    }

    [Fact]
    public async Task A_truncated_file_is_refused_and_left_alone()
    {
        await SeedAsync(500);
        await using (var stream = File.OpenWrite(StorePath)) stream.SetLength(stream.Length / 2);

        await RefusedUnchangedAsync(VectorStoreError.Corrupt);
    }

    [Theory]
    [InlineData("UPDATE records SET embedding = x'00' WHERE id = '1'", "record '1'")]
    [InlineData("UPDATE records SET embedding = x'0000c07f0000c07f0000c07f' WHERE id = '2'", "record '2'")]
    [InlineData("UPDATE records SET metadata = x'7b' WHERE id = '0'", "record '0'")]
    [InlineData("UPDATE collections SET dimension = 0", "spec")]
    public async Task What_cannot_be_read_is_named(string damage, string named)
    {
        await SeedAsync(3);
        await using (var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = damage;
            await command.ExecuteNonQueryAsync(Token);
        }

        await using var store = await OpenAsync();
        var refused = async () => await store.OpenCollectionAsync("pages", Spec, Token);

        var error = (await refused.Should().ThrowAsync<VectorStoreException>()).Which;
        error.Error.Should().Be(VectorStoreError.Corrupt);
        error.Message.Should().ContainAll(StorePath, named, "collection 'pages'");
    }

    [Fact]
    public async Task A_folder_in_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(StorePath);

        (await RefusalAsync()).Error.Should().Be(VectorStoreError.Storage);
    }

    private void CopyOpenStore(string to)
    {
        foreach (var suffix in new[] { "", "-wal" })
        {
            using var source = new FileStream(StorePath + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(to + suffix);
            source.CopyTo(target);
        }
    }

    private async Task SeedAsync(int records)
    {
        await using var store = await OpenAsync();
        var collection = await store.OpenCollectionAsync("pages", Spec, Token);
        await collection.UpsertAsync([.. Enumerable.Range(0, records).Select(i => new VectorRecord { Id = $"{i}", Embedding = new[] { i, 1f, 2f }, Document = new string('d', 100) })], Token);
    }

    private ValueTask<EmbeddedVectorStore> OpenAsync() => EmbeddedVectorStore.OpenAsync(new() { Path = StorePath }, cancellationToken: Token);

    private async Task<VectorStoreException> RefusalAsync() =>
        (await FluentActions.Awaiting(async () => await OpenAsync()).Should().ThrowAsync<VectorStoreException>()).Which;

    private async Task<VectorStoreException> RefusedUnchangedAsync(VectorStoreError error)
    {
        var before = await File.ReadAllBytesAsync(StorePath, Token);
        var refusal = await RefusalAsync();
        refusal.Error.Should().Be(error);
        refusal.Message.Should().ContainAll(StorePath, "not changed");
        (await File.ReadAllBytesAsync(StorePath, Token)).Should().Equal(before);
        return refusal;
    }
}
