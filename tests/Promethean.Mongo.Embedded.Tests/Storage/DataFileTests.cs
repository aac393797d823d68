using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>Opening data directories: what is kept, and what is refused without touching it.</summary>
[Trait("Category", "Integration")]
public sealed class DataFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory.Path, "mongo.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Documents_indexes_and_counts_survive_a_restart()
    {
        await using (var server = await StartAsync())
        {
            using var client = new MongoClient(server.ConnectionString);
            var collection = client.GetDatabase("kept").GetCollection<BsonDocument>("things");
            await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ tags: 1, n: -1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
            await collection.InsertManyAsync(Enumerable.Range(0, 50).Select(i => new BsonDocument { { "_id", i }, { "n", i }, { "tags", new BsonArray { "a", "b" } } }), cancellationToken: Cancel);
        }

        await using var again = await StartAsync();
        using var reader = new MongoClient(again.ConnectionString);
        var things = reader.GetDatabase("kept").GetCollection<BsonDocument>("things");
        (await things.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(50);
        (await things.Find("{ tags: 'b', n: 7 }").SingleAsync(Cancel))["_id"].AsInt32.Should().Be(7);
        (await things.Awaiting(t => t.InsertOneAsync(BsonDocument.Parse("{ n: 7, tags: 'b' }"), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>())
            .Which.WriteError.Code.Should().Be(11000);
    }

    [Fact]
    public async Task A_client_goes_on_when_the_server_starts_again_on_its_port()
    {
        var first = await StartAsync();
        var options = new EmbeddedMongoOptions { DataDirectory = _directory.Path, Port = first.Port };
        using var client = new MongoClient(first.ConnectionString);
        var collection = client.GetDatabase("kept").GetCollection<BsonDocument>("things");
        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);
        await first.DisposeAsync();

        await using var second = await EmbeddedMongoServer.StartAsync(options, Cancel);

        (await collection.Find("{}").ToListAsync(Cancel)).Should().ContainSingle("the driver retries on a new connection");
    }

    [Fact]
    public async Task A_place_where_no_directory_can_be_is_refused()
    {
        await System.IO.File.WriteAllTextAsync(File, "a file", Cancel);
        var options = new EmbeddedMongoOptions { DataDirectory = Path.Combine(File, "below") };

        (await FluentActions.Awaiting(() => EmbeddedMongoServer.StartAsync(options, Cancel)).Should().ThrowAsync<DataFileException>())
            .Which.Problem.Should().Be(DataFileProblem.Storage);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var server = await StartAsync();

        var failure = (await FluentActions.Awaiting(StartAsync).Should().ThrowAsync<DataFileException>()).Which;

        failure.Problem.Should().Be(DataFileProblem.InUse);
        failure.Message.Should().Contain(_directory.Path);
    }

    [Fact]
    public Task A_file_that_is_no_database_is_refused_and_left_as_it_was() =>
        IsRefusedAsync(file => System.IO.File.WriteAllText(file, string.Concat(Enumerable.Repeat("This is my novel. ", 100))), DataFileProblem.NotADatabase);

    [Fact]
    public Task An_empty_file_is_refused_and_left_as_it_was() =>
        IsRefusedAsync(file => System.IO.File.WriteAllBytes(file, []), DataFileProblem.NotADatabase);

    [Fact]
    public Task A_database_of_another_program_is_refused_and_left_as_it_was() => IsRefusedAsync(file =>
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE precious(x)";
        command.ExecuteNonQuery();
    }, DataFileProblem.NotADatabase);

    [Fact]
    public async Task A_file_of_a_newer_format_is_refused_and_left_as_it_was()
    {
        await FillAsync();
        await IsRefusedAsync(file => Overwrite(file, 60, [0, 0, 0, 99]), DataFileProblem.NewerFormat);
    }

    [Fact]
    public async Task A_damaged_file_is_refused_and_left_as_it_was()
    {
        await FillAsync();
        await IsRefusedAsync(file =>
        {
            // All pages but the first, so that the header still looks well.
            var size = (int)new FileInfo(file).Length;
            Overwrite(file, 4096, [.. Enumerable.Range(0, size - 4096).Select(i => (byte)(i * 31))]);
        }, DataFileProblem.Corrupt);
    }

    [Fact]
    public async Task A_truncated_file_is_refused_and_left_as_it_was()
    {
        await FillAsync();
        await IsRefusedAsync(file =>
        {
            using var stream = new FileStream(file, FileMode.Open);
            stream.SetLength(stream.Length / 2);
        }, DataFileProblem.Corrupt);
    }

    [Fact]
    public async Task A_log_without_its_database_is_refused()
    {
        await System.IO.File.WriteAllBytesAsync(File + "-wal", [1, 2, 3], Cancel);

        (await FluentActions.Awaiting(StartAsync).Should().ThrowAsync<DataFileException>()).Which.Problem.Should().Be(DataFileProblem.Corrupt);
    }

    [Fact]
    public async Task Work_brought_while_the_file_closes_is_done_or_refused_and_none_waits_forever()
    {
        var engine = SqliteEngine.Open(_directory.Path, checkIntegrity: false);
        var started = new TaskCompletionSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                try
                {
                    while (true)
                    {
                        await engine.WriteAsync(transaction => transaction.AllocateId(), Cancel);
                        started.TrySetResult();
                    }
                }
                catch (ObjectDisposedException)
                {
                    // Closed meanwhile.
                }
            },
            Cancel)).ToList();

        await started.Task;
        await engine.DisposeAsync();

        await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task An_address_that_is_not_loopback_is_refused()
    {
        var options = new EmbeddedMongoOptions { Address = System.Net.IPAddress.Any };

        (await FluentActions.Awaiting(() => EmbeddedMongoServer.StartAsync(options, Cancel)).Should().ThrowAsync<EmbeddedMongoException>())
            .Which.Message.Should().Contain("loopback");
    }

    private static void Overwrite(string file, int offset, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = offset;
        stream.Write(bytes);
    }

    private async Task FillAsync()
    {
        await using var server = await StartAsync();
        using var client = new MongoClient(server.ConnectionString);
        await client.GetDatabase("kept").GetCollection<BsonDocument>("things")
            .InsertManyAsync(Enumerable.Range(0, 500).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 100) } }), cancellationToken: Cancel);
    }

    private async Task IsRefusedAsync(Action<string> spoil, DataFileProblem problem)
    {
        spoil(File);
        var before = await System.IO.File.ReadAllBytesAsync(File, Cancel);

        var failure = (await FluentActions.Awaiting(StartAsync).Should().ThrowAsync<DataFileException>()).Which;

        failure.Problem.Should().Be(problem);
        failure.Path.Should().Be(File);
        failure.Message.Should().Contain(File);
        (await System.IO.File.ReadAllBytesAsync(File, Cancel)).Should().Equal(before);
        // The refusal has let go of the directory.
        (await FluentActions.Awaiting(StartAsync).Should().ThrowAsync<DataFileException>()).Which.Problem.Should().Be(problem);
    }

    private Task<EmbeddedMongoServer> StartAsync() => EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory.Path }, Cancel);
}
