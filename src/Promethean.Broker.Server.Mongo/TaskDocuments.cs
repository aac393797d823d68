using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo;

/// <summary>Tasks as documents, which an operator can read, and back.</summary>
/// <remarks><c>{ _id, queue, sequence, payload, headers: [{ name, value }], dedupe_id, dedupe_queue, max_attempts, attempts,
/// enqueued_at, due, done_at, fades_at, gone_at, version }</c>. The payload is its JSON text, character for character. A header's name
/// may be any text, which a field's may not. <c>version</c> grows with every change, over all tasks and owners.</remarks>
internal static class TaskDocuments
{
    // Far longer than a request that was given up can be on its way. Until then an ended task stays, so that such a request finds
    // something newer than itself and does nothing.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;

    /// <summary>All tasks that are in a queue, and those whose names are remembered.</summary>
    public static FilterDefinition<BsonDocument> Kept(DateTimeOffset now) =>
        Where.Exists("done_at", false) | (Where.Exists("dedupe_id") & Where.Gt("fades_at", Date(now)));

    /// <summary>Those of which nothing more is needed.</summary>
    public static FilterDefinition<BsonDocument> Gone(DateTimeOffset now) => Where.Lt("gone_at", Date(now));

    /// <summary>Writes a change once, whatever became of earlier attempts, and never over a later one.</summary>
    public static WriteModel<BsonDocument> Write(TaskChange change, long version)
    {
        var older = Where.Eq("_id", change.Task.Id) & Where.Lt("version", version);
        var state = State(change.Task, version);
        if (change.IsNew)
        {
            return new ReplaceOneModel<BsonDocument>(older, Fixed(change.Task).Merge(state, overwriteExistingElements: true)) { IsUpsert = true };
        }

        var update = new BsonDocument("$set", state);
        if (change.Task.DoneAt is not null)
        {
            // Only its name is still of interest.
            update["$unset"] = new BsonDocument { ["payload"] = "", ["headers"] = "" };
        }

        return new UpdateOneModel<BsonDocument>(older, update);
    }

    /// <exception cref="TaskJournalException">The document is not a task.</exception>
    public static StoredTask Read(BsonDocument document)
    {
        try
        {
            return new()
            {
                Id = document["_id"].AsString,
                Sequence = document["sequence"].ToInt64(),
                Queue = document["queue"].AsString,
                Payload = document.TryGetValue("payload", out var payload) ? JsonPayload.FromTrustedUtf8(Encoding.UTF8.GetBytes(payload.AsString)) : default,
                Headers = document.TryGetValue("headers", out var headers) ? Headers(headers.AsBsonArray) : new Dictionary<string, string>(),
                DedupeId = document.GetValue("dedupe_id", BsonNull.Value) is BsonString dedupeId ? dedupeId.Value : null,
                DedupeQueue = document.GetValue("dedupe_queue", BsonNull.Value) is BsonString queue ? queue.Value : null,
                MaxAttempts = document["max_attempts"].ToInt32(),
                Attempts = document["attempts"].ToInt32(),
                EnqueuedAt = Time(document["enqueued_at"]),
                Due = Time(document["due"]),
                DoneAt = document.TryGetValue("done_at", out var doneAt) ? Time(doneAt) : null,
                FadesAt = document.TryGetValue("fades_at", out var fadesAt) ? Time(fadesAt) : null,
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidCastException or ArgumentException or NotSupportedException)
        {
            throw new TaskJournalException(
                $"The document '{document.GetValue("_id", BsonNull.Value)}' is not a task of a broker: {e.Message} Remove it, or give the broker another collection.", e);
        }
    }

    private static BsonDocument Fixed(StoredTask task)
    {
        var document = new BsonDocument { ["_id"] = task.Id, ["queue"] = task.Queue, ["sequence"] = task.Sequence };
        if (task.DoneAt is null)
        {
            document["payload"] = Encoding.UTF8.GetString(task.Payload.Utf8.Span);
        }

        if (task.DedupeId is not null)
        {
            document["dedupe_id"] = task.DedupeId;
            document["dedupe_queue"] = task.DedupeQueue;
        }

        document["max_attempts"] = task.MaxAttempts;
        document["enqueued_at"] = Date(task.EnqueuedAt);
        return document;
    }

    private static BsonDocument State(StoredTask task, long version)
    {
        var state = new BsonDocument { ["queue"] = task.Queue, ["attempts"] = task.Attempts, ["due"] = Date(task.Due), ["version"] = version };
        if (task.DoneAt is null)
        {
            state["headers"] = new BsonArray(task.Headers.Select(header => new BsonDocument { ["name"] = header.Key, ["value"] = header.Value }));
        }

        if (task.FadesAt is { } fadesAt)
        {
            state["fades_at"] = Date(fadesAt);
        }

        if (task.DoneAt is { } doneAt)
        {
            state["done_at"] = Date(doneAt);
            state["gone_at"] = Date((task.FadesAt > doneAt ? task.FadesAt.Value : doneAt) + Grace);
        }

        return state;
    }

    private static Dictionary<string, string> Headers(BsonArray headers) =>
        headers.ToDictionary(header => header["name"].AsString, header => header["value"].AsString);

    private static BsonDateTime Date(DateTimeOffset time) => new(time.UtcDateTime);

    private static DateTimeOffset Time(BsonValue value) => new(value.ToUniversalTime(), TimeSpan.Zero);
}
