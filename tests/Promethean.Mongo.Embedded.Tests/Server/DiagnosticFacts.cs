using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>The commands that tell of the server and its collections: "Diagnostic Commands" and "Administration Commands" in MongoDB's manual.</summary>
[Trait("Category", "Integration")]
public abstract class DiagnosticFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{ hostInfo: 1 }", "system", "os")]
    [InlineData("{ getCmdLineOpts: 1 }", "argv", "parsed")]
    [InlineData("{ connectionStatus: 1, showPrivileges: true }", "authInfo")]
    [InlineData("{ getLog: '*' }", "names")]
    [InlineData("{ getLog: 'startupWarnings' }", "log", "totalLinesWritten")]
    [InlineData("{ getParameter: 1, featureCompatibilityVersion: 1 }", "featureCompatibilityVersion")]
    [InlineData("{ getParameter: '*' }", "ttlMonitorSleepSecs", "cursorTimeoutMillis")]
    [InlineData("{ currentOp: 1, active: true }", "inprog")]
    [InlineData("{ killOp: 1, op: 123456 }", "info")]
    public async Task A_command_answers_with_its_fields(string command, params string[] fields)
    {
        var reply = await AdminAsync(command);

        reply.Names.Should().Contain(fields);
    }

    [Theory]
    [InlineData("{ getParameter: 1, noSuchParameter: 1 }", 72)]
    [InlineData("{ getLog: 'noSuchLog' }", 96)]
    public async Task What_is_not_there_is_refused(string command, int code)
    {
        _ = target.NewCollection();

        (await this.Awaiting(_ => AdminAsync(command)).Should().ThrowAsync<MongoCommandException>()).Which.Code.Should().Be(code);
    }

    [Fact]
    public async Task The_command_that_asks_is_among_those_running()
    {
        var reply = await AdminAsync("{ currentOp: 1, 'command.currentOp': 1 }");

        reply["inprog"].AsBsonArray.Should().Contain(operation => operation["op"] == "command" && operation["opid"].IsNumeric);
    }

    [Fact]
    public async Task Statistics_count_documents_bytes_and_indexes()
    {
        var collection = target.NewCollection();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: Cancel);
        BsonDocument[] documents = [.. Enumerable.Range(0, 10).Select(i => new BsonDocument { { "_id", i }, { "a", i }, { "text", new string('x', 100) } })];
        await collection.InsertManyAsync(documents, cancellationToken: Cancel);

        var ofCollection = await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", collection.CollectionNamespace.CollectionName), cancellationToken: Cancel);
        var ofDatabase = await collection.Database.RunCommandAsync<BsonDocument>("{ dbStats: 1 }", cancellationToken: Cancel);

        ofCollection["count"].ToInt32().Should().Be(10);
        ofCollection["size"].ToInt64().Should().Be(documents.Sum(document => document.ToBson().Length));
        ofCollection["nindexes"].ToInt32().Should().Be(2);
        ofCollection["indexSizes"].AsBsonDocument.Names.Should().BeEquivalentTo("_id_", "a_1");
        ofDatabase["objects"].ToInt64().Should().BeGreaterThanOrEqualTo(10);
        ofDatabase["db"].AsString.Should().Be("promethean_tests");
    }

    [Fact]
    public async Task Validate_finds_every_index_in_step_with_its_documents()
    {
        var collection = target.NewCollection();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ tags: 1 }"), cancellationToken: Cancel);
        await collection.InsertManyAsync(Enumerable.Range(0, 5).Select(i => BsonDocument.Parse($"{{ _id: {i}, tags: ['x', 'y{i}'] }}")), cancellationToken: Cancel);
        await collection.DeleteOneAsync("{ _id: 2 }", Cancel);

        var reply = await collection.Database.RunCommandAsync<BsonDocument>(new BsonDocument("validate", collection.CollectionNamespace.CollectionName), cancellationToken: Cancel);

        reply["valid"].AsBoolean.Should().BeTrue();
        reply["nrecords"].ToInt32().Should().Be(4);
        reply["keysPerIndex"].Should().Be(BsonDocument.Parse("{ _id_: NumberLong(4), tags_1: NumberLong(8) }"));
    }

    private Task<BsonDocument> AdminAsync(string command)
    {
        // Skips where there is no server.
        _ = target.NewCollection();
        return target.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: Cancel);
    }
}
