using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Promethean.DualSink.Tests;

/// <summary>The ledger without a server: documents in a dictionary, and of the update operators only <c>$set</c>.</summary>
internal sealed class MemoryLedger : ISinkLedger
{
    private readonly Dictionary<string, BsonDocument> _documents = new(StringComparer.Ordinal);

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<SinkState?> IntendAsync(string key, UpdateDefinition<BsonDocument> update, string want, CancellationToken cancellationToken)
    {
        lock (_documents)
        {
            if (!_documents.TryGetValue(key, out var document)) _documents[key] = document = new BsonDocument("_id", key);
            var before = StateOf(document);
            var rendered = update.Render(new RenderArgs<BsonDocument>(BsonDocumentSerializer.Instance, BsonSerializer.SerializerRegistry)).AsBsonDocument;
            foreach (var change in rendered["$set"].AsBsonDocument) document[change.Name] = change.Value;
            document["sink"] = new BsonDocument { ["want"] = want, ["pending"] = true };
            return Task.FromResult(before);
        }
    }

    public Task<bool> IntendInsteadAsync(string key, string? before, string want, CancellationToken cancellationToken) =>
        ChangeAsync(key, s => s.Want == before, d => d["sink"] = new BsonDocument { ["want"] = want, ["pending"] = true });

    public Task<bool> SettleAsync(string key, string want, CancellationToken cancellationToken) =>
        ChangeAsync(key, s => s.Want == want, d => d["sink"] = new BsonDocument { ["want"] = want, ["have"] = want });

    public Task NoteFailureAsync(string key, string? want, string error, int tries, CancellationToken cancellationToken) =>
        ChangeAsync(key, s => s.Want == want && s.Pending, d => d["sink"].AsBsonDocument.Merge(new BsonDocument { ["error"] = error, ["tries"] = tries }, overwriteExistingElements: true));

    public Task ReopenAsync(string key, CancellationToken cancellationToken) =>
        ChangeAsync(key, _ => true, d => d["sink"].AsBsonDocument.Merge(new BsonDocument { ["have"] = BsonNull.Value, ["pending"] = true }, overwriteExistingElements: true));

    public Task<bool> ForgetAsync(string key, string? before, CancellationToken cancellationToken) =>
        ChangeAsync(key, s => s.Want == before, d => d.Remove("sink"));

    public Task<bool> IntendDeleteAsync(string key, CancellationToken cancellationToken)
    {
        lock (_documents)
        {
            if (!_documents.TryGetValue(key, out var document)) return Task.FromResult(false);
            document["sink"] = new BsonDocument { ["pending"] = true, ["deleted"] = true };
            return Task.FromResult(true);
        }
    }

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) => ChangeAsync(key, s => s.Deleted, _ => _documents.Remove(key));

    public Task<(BsonDocument Document, SinkState? State)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        lock (_documents)
        {
            (BsonDocument, SinkState?)? found = _documents.TryGetValue(key, out var document) ? (document.DeepClone().AsBsonDocument, StateOf(document)) : null;
            return Task.FromResult(found);
        }
    }

    public async IAsyncEnumerable<string> PendingAsync(int batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (key, state) in States().Where(pair => pair.Value.Pending)) yield return key;
        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<IReadOnlyList<KeyValuePair<string, SinkState>>> AllAsync(int batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in States().Chunk(batch)) yield return page;
        await Task.CompletedTask;
    }

    public Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(States().Select(pair => pair.Key).Intersect(keys).ToHashSet(StringComparer.Ordinal));

    private static SinkState? StateOf(BsonDocument document) => document.GetValue("sink", null) is BsonDocument s
        ? new SinkState(s.GetValue("want", null) as BsonString is { } w ? w.Value : null, s.GetValue("have", null) as BsonString is { } h ? h.Value : null, s.Contains("pending"), s.Contains("deleted"))
        : null;

    private KeyValuePair<string, SinkState>[] States()
    {
        lock (_documents)
        {
            return [.. _documents.Where(d => StateOf(d.Value) is not null).Select(d => KeyValuePair.Create(d.Key, StateOf(d.Value)!)).OrderBy(p => p.Key, StringComparer.Ordinal)];
        }
    }

    private Task<bool> ChangeAsync(string key, Func<SinkState, bool> when, Action<BsonDocument> change)
    {
        lock (_documents)
        {
            var holds = _documents.TryGetValue(key, out var document) && StateOf(document) is { } state && when(state);
            if (holds) change(document!);
            return Task.FromResult(holds);
        }
    }
}
