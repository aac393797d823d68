using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>
/// The child process of <see cref="KillTests"/>: the test executable run again for this one explicit test. It writes to the data
/// directory it is given and notes each acknowledged write in a journal, until it is killed.
/// </summary>
public sealed class CrashWriter
{
    public const string DirectoryVariable = "PROMETHEAN_CRASH_DIRECTORY";
    public const string JournalVariable = "PROMETHEAN_CRASH_JOURNAL";
    public const string RoundVariable = "PROMETHEAN_CRASH_ROUND";

    /// <summary>How many documents one command inserts or changes at once.</summary>
    public const int Batch = 10;

    private const int Writers = 4;

    // So much that the log is folded into the file in the long rounds.
    private static readonly string Payload = new('p', 4000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    [Trait("Category", "Integration")]
    public async Task Write_until_killed()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, "This is the child process of another test");
        var round = Environment.GetEnvironmentVariable(RoundVariable);
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = directory }, Cancel);
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("crash").GetCollection<BsonDocument>("writes");
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ key: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Cancel);
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ tags: 1 }"), cancellationToken: Cancel);
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ batch: 1, stage: -1 }", new CreateIndexOptions { Sparse = true }), cancellationToken: Cancel);
        await using var journal = new StreamWriter(new FileStream(Environment.GetEnvironmentVariable(JournalVariable)!, FileMode.Append)) { AutoFlush = true };
        using var gate = new SemaphoreSlim(1);

        async Task NoteAsync(string line)
        {
            await gate.WaitAsync();
            await journal.WriteLineAsync(line);
            gate.Release();
        }

        async Task WriteAsync(int writer)
        {
            for (var i = 0; ; i++)
            {
                var id = $"{round}-{writer}-{i}";
                if (i % 4 == 3)
                {
                    await WriteBatchAsync(collection, id, NoteAsync);
                    continue;
                }

                await collection.InsertOneAsync(new BsonDocument { { "_id", id }, { "key", $"first {id}" }, { "tags", new BsonArray { "all", $"writer {writer}" } } });
                await NoteAsync($"inserted {id}");
                if (i % 4 == 0)
                {
                    await collection.UpdateOneAsync(new BsonDocument("_id", id), new BsonDocument("$set", new BsonDocument { { "key", $"second {id}" }, { "tags", new BsonArray { "changed" } } }));
                    await NoteAsync($"updated {id}");
                }
                else if (i % 4 == 1)
                {
                    await NoteAsync($"deleting {id}");
                    await collection.DeleteOneAsync(new BsonDocument("_id", id));
                    await NoteAsync($"deleted {id}");
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));
    }

    private static async Task WriteBatchAsync(IMongoCollection<BsonDocument> collection, string batch, Func<string, Task> noteAsync)
    {
        await collection.InsertManyAsync(Enumerable.Range(0, Batch).Select(number => new BsonDocument
        {
            { "_id", $"{batch}/{number}" }, { "key", $"first {batch}/{number}" }, { "tags", new BsonArray { "all", "batch" } },
            { "batch", batch }, { "stage", 1 }, { "payload", Payload },
        }));
        await noteAsync($"filled {batch}");
        await collection.UpdateManyAsync(new BsonDocument("batch", batch), new BsonDocument("$set", new BsonDocument { { "stage", 2 }, { "tags", new BsonArray { "moved" } } }));
        await noteAsync($"moved {batch}");
    }
}
