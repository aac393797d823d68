using System.Globalization;
using Microsoft.Data.Sqlite;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Commands;

/// <summary>What <c>validate</c> finds in a file that somebody has changed behind the server's back.</summary>
[Trait("Category", "Integration")]
public sealed class ValidateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("DELETE FROM {0} WHERE record = (SELECT min(record) FROM {0})")]
    [InlineData("UPDATE {0} SET record = record + 1000 WHERE record = (SELECT max(record) FROM {0})")]
    [InlineData("INSERT INTO {0}(key, record) SELECT key, record + 1000 FROM {0} LIMIT 1")]
    public async Task An_index_out_of_step_with_its_documents_is_named(string change)
    {
        await RunAsync(async collection =>
        {
            await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: Cancel);
            await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => new BsonDocument { { "_id", i }, { "a", i } }), cancellationToken: Cancel);
            (await ValidateAsync(collection))["valid"].AsBoolean.Should().BeTrue();
        });
        ChangeIndex(change);

        await RunAsync(async collection =>
        {
            var reply = await ValidateAsync(collection);

            reply["valid"].AsBoolean.Should().BeFalse();
            reply["indexDetails"].Should().Be(BsonDocument.Parse("{ _id_: { valid: true }, a_1: { valid: false } }"));
            reply["errors"].AsBsonArray.Should().ContainSingle().Which.AsString.Should().Contain("a_1");
        });
    }

    private static Task<BsonDocument> ValidateAsync(IMongoCollection<BsonDocument> collection) =>
        collection.Database.RunCommandAsync<BsonDocument>("{ validate: 'c' }", cancellationToken: Cancel);

    private async Task RunAsync(Func<IMongoCollection<BsonDocument>, Task> work)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory.Path }, Cancel);
        using var client = new MongoClient(server.ConnectionString);
        await work(client.GetDatabase("validate").GetCollection<BsonDocument>("c"));
    }

    // The last of the tables of index entries is that of the index made last.
    private void ChangeIndex(string change)
    {
        var file = Directory.EnumerateFiles(_directory.Path).Single(path => new FileInfo(path).Length > 0 && !path.EndsWith("-wal", StringComparison.Ordinal) && !path.EndsWith("-shm", StringComparison.Ordinal));
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT name FROM sqlite_master WHERE name LIKE 'entries\\_%' ESCAPE '\\' AND type = 'table' ORDER BY CAST(substr(name, 9) AS INTEGER) DESC LIMIT 1";
        var table = (string)find.ExecuteScalar()!;
        using var command = connection.CreateCommand();
        command.CommandText = string.Format(CultureInfo.InvariantCulture, change, table);
        command.ExecuteNonQuery().Should().Be(1);
    }
}
