using MongoDB.Bson;
using Promethean.Mongo.Embedded.Tests.Wire;

namespace Promethean.Mongo.Embedded.Tests.Transactions;

/// <summary>One seeded run on a collection of its own, command by command beside the model.</summary>
internal sealed class TransactionModelRun(WireClient client, string collection, Random random, int sessions, int ids)
{
    // A document of the model: its life, new with each insertion, and its counter.
    private readonly Dictionary<int, (int Life, int N)> _committed = [];
    private readonly List<Open> _open = [];
    private int _lives;
    private long _numbers;

    public int Conflicts { get; private set; }

    public async Task RunAsync(int steps, CancellationToken cancellationToken)
    {
        await RunAsync(new BsonDocument("create", collection), null, cancellationToken);
        for (var step = 0; step < steps; step++)
        {
            if (_open.Count < sessions && random.Next(4) == 0) _open.Add(new Open(++_numbers));
            var transaction = _open.Count > 0 && random.Next(5) > 1 ? _open[random.Next(_open.Count)] : null;
            if (transaction is { Snapshot: not null } && random.Next(6) == 0) await EndAsync(transaction, cancellationToken);
            else if (random.Next(4) == 0) await ReadAsync(transaction, cancellationToken);
            else await WriteAsync(transaction, cancellationToken);
        }

        foreach (var left in _open.Where(left => left.Snapshot is not null).ToList()) await EndAsync(left, cancellationToken);
        await ReadAsync(null, cancellationToken);
    }

    private async Task EndAsync(Open transaction, CancellationToken cancellationToken)
    {
        var commits = random.Next(4) > 0;
        var reply = await RunAsync(new BsonDocument { { commits ? "commitTransaction" : "abortTransaction", 1 }, { "$db", "admin" } }, transaction, cancellationToken);
        reply["ok"].ToDouble().Should().Be(1, $"{reply}");
        _open.Remove(transaction);
        if (!commits) return;
        foreach (var (id, written) in transaction.Written)
        {
            if (written is { } document) _committed[id] = document;
            else _committed.Remove(id);
        }
    }

    private async Task ReadAsync(Open? transaction, CancellationToken cancellationToken)
    {
        transaction?.Begin(_committed);
        var reply = await RunAsync(BsonDocument.Parse($"{{ find: '{collection}', sort: {{ _id: 1 }} }}"), transaction, cancellationToken);
        var expected = Enumerable.Range(0, ids)
            .Select(id => (Id: id, Seen: transaction is null ? Committed(id) : transaction.See(id)))
            .Where(seen => seen.Seen is not null)
            .Select(seen => new BsonDocument { { "_id", seen.Id }, { "n", seen.Seen!.Value.N } });
        reply["cursor"]["firstBatch"].AsBsonArray.Should().Equal(expected, $"that is what {(transaction is null ? "is committed" : "the transaction sees")}");
    }

    private async Task WriteAsync(Open? transaction, CancellationToken cancellationToken)
    {
        var id = random.Next(ids);
        // Outside of transactions such a write would wait.
        if (transaction is null && _open.Exists(open => open.Written.ContainsKey(id))) return;
        transaction?.Begin(_committed);
        var seen = transaction is null ? Committed(id) : transaction.See(id);
        var kind = random.Next(3);
        var command = kind switch
        {
            0 => BsonDocument.Parse($"{{ insert: '{collection}', documents: [{{ _id: {id}, n: 0 }}] }}"),
            1 => BsonDocument.Parse($"{{ update: '{collection}', updates: [{{ q: {{ _id: {id} }}, u: {{ $inc: {{ n: 1 }} }} }}] }}"),
            _ => BsonDocument.Parse($"{{ delete: '{collection}', deletes: [{{ q: {{ _id: {id} }}, limit: 1 }}] }}"),
        };
        var reply = await RunAsync(command, transaction, cancellationToken);
        var writes = kind == 0 ? seen is null : seen is not null;
        if (kind == 0 && seen is not null)
        {
            reply["writeErrors"][0]["code"].AsInt32.Should().Be(11000);
            if (transaction is not null) _open.Remove(transaction);
        }
        else if (writes && transaction is not null && ConflictsWith(transaction, id))
        {
            reply["code"].ToInt32().Should().Be(112, $"{command} meets what another has written: {reply}");
            reply["errorLabels"].AsBsonArray.Should().Equal("TransientTransactionError");
            _open.Remove(transaction);
            Conflicts++;
        }
        else
        {
            reply["ok"].ToDouble().Should().Be(1, $"{command}: {reply}");
            reply["n"].AsInt32.Should().Be(writes ? 1 : 0);
            if (!writes) return;
            (int, int)? written = kind switch { 0 => (++_lives, 0), 1 => (seen!.Value.Life, seen.Value.N + 1), _ => null };
            if (transaction is not null) transaction.Written[id] = written;
            else if (written is { } document) _committed[id] = document;
            else _committed.Remove(id);
        }
    }

    private (int Life, int N)? Committed(int id) => _committed.TryGetValue(id, out var document) ? document : null;

    private bool ConflictsWith(Open transaction, int id) =>
        !transaction.Written.ContainsKey(id)
        && (_open.Exists(open => open != transaction && open.Written.ContainsKey(id)) || Committed(id) != transaction.See(id));

    private Task<BsonDocument> RunAsync(BsonDocument command, Open? transaction, CancellationToken cancellationToken)
    {
        if (transaction is not null)
        {
            command.Add("lsid", transaction.Session).Add("txnNumber", transaction.Number).Add("autocommit", false);
            if (!transaction.IsStarted) command.Add("startTransaction", true);
            transaction.IsStarted = true;
        }

        return client.RunAsync(command, cancellationToken);
    }

    private sealed class Open(long number)
    {
        public BsonDocument Session { get; } = new("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard));

        public long Number => number;

        public bool IsStarted { get; set; }

        public Dictionary<int, (int Life, int N)>? Snapshot { get; private set; }

        public Dictionary<int, (int Life, int N)?> Written { get; } = [];

        public void Begin(Dictionary<int, (int Life, int N)> committed) => Snapshot ??= new Dictionary<int, (int Life, int N)>(committed);

        public (int Life, int N)? See(int id)
        {
            if (Written.TryGetValue(id, out var written)) return written;
            return Snapshot!.TryGetValue(id, out var document) ? document : null;
        }
    }
}
