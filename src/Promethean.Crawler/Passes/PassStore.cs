using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>
/// The work due on pages, as it stands in MongoDB: <c>work {stage, sha, tries, due_at}</c>. Every change names the stage and the
/// text it is about, so a result that comes late, for a text that is no longer the page's, changes nothing.
/// </summary>
internal sealed class PassStore(IMongoCollection<BsonDocument> pages, TimeProvider time)
{
    /// <summary>The work that is due at a moment, the longest waiting first.</summary>
    public async Task<IReadOnlyList<PassPage>> DueAsync(DateTime now, int limit, CancellationToken cancellationToken)
    {
        var due = await pages.Find(new BsonDocument("work.due_at", new BsonDocument("$lte", now)))
            .Sort(new BsonDocument("work.due_at", 1)).Limit(limit).Project(PassPage.Fields)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return due.ConvertAll(PassPage.Read);
    }

    /// <summary>When the first work that is not yet due at a moment will be; null when there is none.</summary>
    /// <remarks>Asked about the same moment as <see cref="DueAsync"/>, so that no work falls between the two.</remarks>
    public async Task<DateTimeOffset?> NextDueAsync(DateTime now, CancellationToken cancellationToken)
    {
        var next = await pages.Find(new BsonDocument("work.due_at", new BsonDocument("$gt", now)))
            .Sort(new BsonDocument("work.due_at", 1)).Limit(1).Project(new BsonDocument("work.due_at", 1))
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return next is null ? null : next["work"]["due_at"].ToUniversalTime();
    }

    /// <summary>How much work there is, due or not.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        pages.CountDocumentsAsync(new BsonDocument("work.due_at", new BsonDocument("$gte", DateTime.UnixEpoch)), cancellationToken: cancellationToken);

    /// <summary>Stores what a pass made, and which one comes next.</summary>
    /// <returns>False when the page's text has changed meanwhile, or the page is gone.</returns>
    public async Task<bool> AdvanceAsync(PassPage page, BsonDocument made, string next, CancellationToken cancellationToken)
    {
        var set = new BsonDocument { { "work.stage", next }, { "work.tries", 0 }, { "work.due_at", time.GetUtcNow().UtcDateTime } };
        var result = await pages.UpdateOneAsync(Mine(page), new BsonDocument("$set", set.Merge(made)), cancellationToken: cancellationToken).ConfigureAwait(false);
        return result.MatchedCount == 1;
    }

    /// <summary>The page has been through all passes.</summary>
    public Task FinishAsync(PassPage page, CancellationToken cancellationToken) =>
        pages.UpdateOneAsync(Mine(page), new BsonDocument("$unset", new BsonDocument("work", "")), cancellationToken: cancellationToken);

    /// <summary>The same pass again, later.</summary>
    public Task RetryAsync(PassPage page, DateTimeOffset dueAt, string error, CancellationToken cancellationToken) =>
        pages.UpdateOneAsync(
            Mine(page),
            new BsonDocument("$set", new BsonDocument { { "work.tries", page.Tries }, { "work.due_at", MongoTime.Ceiling(dueAt) }, { "work.error", error } }),
            cancellationToken: cancellationToken);

    /// <summary>The pass is given up: the page says which and why. What does not need its result goes on.</summary>
    /// <param name="page">The page.</param>
    /// <param name="next">The pass that comes next all the same; null when none can.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    public Task GiveUpAsync(PassPage page, string? next, string error, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var set = new BsonDocument
        {
            { "flags.pass_failed", true },
            { "meta.pass_error", new BsonDocument { { "stage", page.Stage }, { "error", error }, { "ts", now } } },
        };
        var update = new BsonDocument("$set", set);
        if (next is null) update.Add("$unset", new BsonDocument("work", ""));
        else set.Merge(new BsonDocument { { "work.stage", next }, { "work.tries", 0 }, { "work.due_at", now } });
        return pages.UpdateOneAsync(Mine(page), update, cancellationToken: cancellationToken);
    }

    private static BsonDocument Mine(PassPage page) => new() { { "_id", page.Id }, { "work.sha", page.ContentSha256 }, { "work.stage", page.Stage } };
}
