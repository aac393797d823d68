using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.DualSink;

/// <summary>The ledger in the documents themselves: <c>sink.&lt;name&gt; = {want, have, pending?, deleted?, error?, tries?}</c>.</summary>
/// <remarks>
/// <c>pending</c> is there only while something is unfinished, so a sparse index over it holds just the unfinished
/// documents and finding them costs nothing in a large collection.
/// </remarks>
internal sealed class MongoSinkLedger(IMongoCollection<BsonDocument> documents, string name) : ISinkLedger
{
    private const int LongestError = 500;
    private static readonly FilterDefinitionBuilder<BsonDocument> Filter = Builders<BsonDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<BsonDocument> Update = Builders<BsonDocument>.Update;

    private readonly string _sink = $"sink.{name}";

    public Task PrepareAsync(CancellationToken cancellationToken) => documents.Indexes.CreateOneAsync(
        new CreateIndexModel<BsonDocument>(
            Builders<BsonDocument>.IndexKeys.Ascending($"{_sink}.pending"),
            new CreateIndexOptions { Sparse = true, Name = $"sink_{name}_pending" }),
        cancellationToken: cancellationToken);

    public async Task<SinkState?> IntendAsync(string key, UpdateDefinition<BsonDocument> update, string want, CancellationToken cancellationToken)
    {
        var before = await documents.FindOneAndUpdateAsync(
            Key(key),
            Update.Combine(update, Update.Set(_sink, Pending(want))),
            new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.Before, Projection = Builders<BsonDocument>.Projection.Include(_sink) },
            cancellationToken).ConfigureAwait(false);
        return StateOf(before);
    }

    public async Task<bool> IntendInsteadAsync(string key, string? before, string want, CancellationToken cancellationToken) =>
        await ChangeAsync(Key(key) & Wants(before), Update.Set(_sink, Pending(want)), cancellationToken).ConfigureAwait(false);

    public Task<bool> SettleAsync(string key, string want, CancellationToken cancellationToken) =>
        ChangeAsync(Key(key) & Wants(want), Update.Set(_sink, new BsonDocument { ["want"] = want, ["have"] = want }), cancellationToken);

    public Task NoteFailureAsync(string key, string? want, string error, int tries, CancellationToken cancellationToken) => ChangeAsync(
        Key(key) & Wants(want) & Filter.Eq($"{_sink}.pending", true),
        Update.Set($"{_sink}.error", error.Length > LongestError ? error[..LongestError] : error).Inc($"{_sink}.tries", tries),
        cancellationToken);

    public Task ReopenAsync(string key, CancellationToken cancellationToken) => ChangeAsync(
        Key(key) & Filter.Exists($"{_sink}.want"),
        Update.Set($"{_sink}.have", BsonNull.Value).Set($"{_sink}.pending", true),
        cancellationToken);

    public Task<bool> ForgetAsync(string key, string? before, CancellationToken cancellationToken) =>
        ChangeAsync(Key(key) & Wants(before), Update.Unset(_sink), cancellationToken);

    public Task<bool> IntendDeleteAsync(string key, CancellationToken cancellationToken)
    {
        var deletion = Pending(null);
        deletion["deleted"] = true;
        return ChangeAsync(Key(key), Update.Set(_sink, deletion), cancellationToken);
    }

    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken)
    {
        var result = await documents.DeleteOneAsync(Key(key) & Filter.Eq($"{_sink}.deleted", true), cancellationToken).ConfigureAwait(false);
        return result.DeletedCount == 1;
    }

    public async Task<(BsonDocument Document, SinkState? State)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var document = await documents.Find(Key(key)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return document is null ? null : (document, StateOf(document));
    }

    public async IAsyncEnumerable<string> PendingAsync(int batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = await documents.FindAsync(
            Filter.Eq($"{_sink}.pending", true),
            new FindOptions<BsonDocument> { BatchSize = batch, Projection = Builders<BsonDocument>.Projection.Include("_id") },
            cancellationToken).ConfigureAwait(false);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var document in cursor.Current)
            {
                if (document["_id"] is BsonString { Value: { } key }) yield return key;
            }
        }
    }

    // Page by key rather than by one long cursor: reconciliation may take longer than a cursor lives.
    public async IAsyncEnumerable<IReadOnlyList<KeyValuePair<string, SinkState>>> AllAsync(int batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = "";
        while (true)
        {
            var page = await documents
                .Find(Filter.Gt("_id", last) & Filter.Exists($"{_sink}.want"))
                .Project(Builders<BsonDocument>.Projection.Include(_sink))
                .Sort(Builders<BsonDocument>.Sort.Ascending("_id"))
                .Limit(batch)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            if (page.Count == 0) yield break;
            last = page[^1]["_id"].AsString;
            yield return page.ConvertAll(document => KeyValuePair.Create(document["_id"].AsString, StateOf(document)!));
        }
    }

    public async Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var known = await documents
            .Find(Filter.In("_id", keys) & Filter.Exists($"{_sink}.want"))
            .Project(Builders<BsonDocument>.Projection.Include("_id"))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return known.Select(document => document["_id"].AsString).ToHashSet(StringComparer.Ordinal);
    }

    private static FilterDefinition<BsonDocument> Key(string key) => Filter.Eq("_id", key);

    private static BsonDocument Pending(string? want) => new() { ["want"] = (BsonValue?)want ?? BsonNull.Value, ["have"] = BsonNull.Value, ["pending"] = true };

    private static string? Text(BsonDocument state, string field) => state.GetValue(field, BsonNull.Value) is BsonString text ? text.Value : null;

    private static bool Flag(BsonDocument state, string field) => state.GetValue(field, BsonBoolean.False).ToBoolean();

    private FilterDefinition<BsonDocument> Wants(string? want) => Filter.Eq($"{_sink}.want", want);

    private async Task<bool> ChangeAsync(FilterDefinition<BsonDocument> filter, UpdateDefinition<BsonDocument> update, CancellationToken cancellationToken)
    {
        var result = await documents.UpdateOneAsync(filter, update, cancellationToken: cancellationToken).ConfigureAwait(false);
        return result.MatchedCount == 1;
    }

    private SinkState? StateOf(BsonDocument? document) =>
        document is not null
        && document.TryGetValue("sink", out var sinks) && sinks is BsonDocument all
        && all.TryGetValue(name, out var sink) && sink is BsonDocument state
            ? new SinkState(Text(state, "want"), Text(state, "have"), Flag(state, "pending"), Flag(state, "deleted"))
            : null;
}
