using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Sessions;
using Promethean.Mongo.Embedded.Storage.Memory;
using Promethean.Mongo.Embedded.Transactions;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Tests.Oplog;

public sealed class ErrorLabelsTests
{
    [Theory]
    [InlineData("{ insert: 'c', lsid: {}, txnNumber: 1 }", 91, "RetryableWriteError")]
    [InlineData("{ insert: 'c', lsid: {} }", 91, "")]
    [InlineData("{ insert: 'c', lsid: {}, txnNumber: 1 }", 11000, "")]
    [InlineData("{ insert: 'c', lsid: {}, txnNumber: 1, autocommit: false }", 91, "TransientTransactionError")]
    [InlineData("{ commitTransaction: 1, lsid: {}, txnNumber: 1, autocommit: false }", 91, "RetryableWriteError")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: {} }] }", 11600, "ResumableChangeStreamError")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $match: {} }] }", 11600, "")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $changeStream: {} }] }", 286, "")]
    public async Task A_failure_bears_the_labels_of_its_code_and_command(string command, int code, string labels)
    {
        var clock = new ClusterClock(TimeProvider.System);
        using var cursors = new CursorRegistry(TimeProvider.System, TimeSpan.FromMinutes(1));
        await using var storage = await OplogEngine.OpenAsync(new MemoryEngine(), clock, TimeProvider.System, new OplogLimits(1000, 1000));
        var server = new ServerState
        {
            Host = "here",
            ReplicaSetName = "set",
            Time = TimeProvider.System,
            Started = DateTimeOffset.UnixEpoch,
            Logger = NullLogger.Instance,
            Storage = storage,
            Cursors = cursors,
            Sessions = new SessionRegistry(TimeProvider.System, TimeSpan.FromMinutes(1)),
            Clock = clock,
            Transactions = new TransactionCoordinator(storage, cursors, TimeProvider.System, TimeSpan.FromMinutes(1)),
        };
        var context = new CommandContext(server, new CommandRequest { Body = BsonDocument.Parse(command), Database = "db" }, 1, TestContext.Current.CancellationToken);

        var labelled = ErrorLabels.Add(new MongoCommandFailedException(code, "Some", "some"), context);

        labelled.ErrorLabels.Should().Equal(labels.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
