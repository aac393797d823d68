using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.DualSink.Tests;

/// <summary>A ledger whose calls fail as planned, before or after they took effect.</summary>
internal sealed class FaultyLedger(ISinkLedger inner, FaultPlan plan) : ISinkLedger
{
    public Task PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

    public Task<SinkState?> IntendAsync(string key, UpdateDefinition<BsonDocument> update, string want, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.intend", () => inner.IntendAsync(key, update, want, cancellationToken));

    public Task<bool> IntendInsteadAsync(string key, string? before, string want, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.intend-instead", () => inner.IntendInsteadAsync(key, before, want, cancellationToken));

    public Task<bool> SettleAsync(string key, string want, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.settle", () => inner.SettleAsync(key, want, cancellationToken));

    public Task NoteFailureAsync(string key, string? want, string error, int tries, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.note-failure", () => inner.NoteFailureAsync(key, want, error, tries, cancellationToken));

    public Task ReopenAsync(string key, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.reopen", () => inner.ReopenAsync(key, cancellationToken));

    public Task<bool> ForgetAsync(string key, string? before, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.forget", () => inner.ForgetAsync(key, before, cancellationToken));

    public Task<bool> IntendDeleteAsync(string key, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.intend-delete", () => inner.IntendDeleteAsync(key, cancellationToken));

    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.remove", () => inner.RemoveAsync(key, cancellationToken));

    public Task<(BsonDocument Document, SinkState? State)?> FindAsync(string key, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.find", () => inner.FindAsync(key, cancellationToken));

    public IAsyncEnumerable<string> PendingAsync(int batch, CancellationToken cancellationToken) => inner.PendingAsync(batch, cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<KeyValuePair<string, SinkState>>> AllAsync(int batch, CancellationToken cancellationToken) => inner.AllAsync(batch, cancellationToken);

    public Task<IReadOnlySet<string>> KnownAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        plan.RunAsync("ledger.known", () => inner.KnownAsync(keys, cancellationToken));
}
