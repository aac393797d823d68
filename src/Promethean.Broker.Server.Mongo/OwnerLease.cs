using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo;

/// <summary>The ownership of a collection: one document with a token that grows with each owner.</summary>
/// <remarks>No clocks are compared: who wants the collection watches the document, and takes it when it has not changed for the whole
/// lease. The owner holds its own word good for nine tenths of that, counted from before it was sent; after that it asks again before
/// it believes anything, and while nobody has taken the document, it goes on as if nothing had been.</remarks>
internal sealed class OwnerLease(IMongoCollection<BsonDocument> owners, string collection, TimeSpan lease, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<BsonDocument> Where = Builders<BsonDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<BsonDocument> Change = Builders<BsonDocument>.Update;

    private long _renewed;

    /// <summary>Grows with each owner; zero before this one is.</summary>
    public long Token { get; private set; }

    /// <summary>How often the ownership is to be renewed.</summary>
    public TimeSpan RenewInterval => lease / 3;

    private bool IsSure => time.GetElapsedTime(Interlocked.Read(ref _renewed)) < lease * 0.9;

    /// <summary>Takes the collection, or refuses where its owner is alive.</summary>
    /// <param name="waiting">Hears of an owner that may be gone, and of the longest wait for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TaskJournalException">Another broker is alive and has it.</exception>
    public async Task AcquireAsync(Action<string, TimeSpan> waiting, CancellationToken cancellationToken)
    {
        CollectionOwner? first = null;
        var since = time.GetTimestamp();
        while (true)
        {
            var seen = await SeeAsync(cancellationToken).ConfigureAwait(false);
            if (seen is { IsReleased: false })
            {
                if (first is not null && (first.Token != seen.Token || first.Renewals != seen.Renewals))
                {
                    throw Taken(seen);
                }

                var wait = (seen.Lease > lease ? seen.Lease : lease) - time.GetElapsedTime(since);
                if (first is null)
                {
                    waiting(seen.Holder, wait);
                    first = seen;
                }

                if (wait > TimeSpan.Zero)
                {
                    var pause = wait < lease / 4 ? wait : lease / 4;
                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                    continue;
                }
            }

            if (await TryTakeAsync(seen, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Returns where the collection was this broker's at a time after the call began.</summary>
    /// <exception cref="TaskJournalLostException">It is another's.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken) => IsSure ? Task.CompletedTask : RenewAsync(cancellationToken);

    /// <summary>Says that this broker lives.</summary>
    /// <exception cref="TaskJournalLostException">The collection is another's.</exception>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        var renewal = Change.Inc("renewals", 1L).Set("renewed_at", Now);
        var result = await owners.UpdateOneAsync(Mine, renewal, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (result.MatchedCount == 0)
        {
            var seen = await SeeAsync(cancellationToken).ConfigureAwait(false);
            throw new TaskJournalLostException(
                $"The collection '{collection}' is not this broker's any more, but that of {seen?.Holder ?? "nobody: the document of its owner was removed"}.");
        }

        Interlocked.Exchange(ref _renewed, before);
    }

    /// <summary>Gives the collection up, so that another broker need not wait.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        owners.UpdateOneAsync(Mine, Change.Set("released", true).Set("renewed_at", Now), cancellationToken: cancellationToken);

    private FilterDefinition<BsonDocument> Mine => Where.Eq("_id", collection) & Where.Eq("token", Token);

    private BsonDateTime Now => new(time.GetUtcNow().UtcDateTime);

    private static string Self => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}, process {Environment.ProcessId}");

    private TaskJournalException Taken(CollectionOwner owner) => new(
        $"The collection '{collection}' is in use by another broker ({owner.Holder}), which is alive. Stop that one, or give this one another collection.");

    private async Task<CollectionOwner?> SeeAsync(CancellationToken cancellationToken) =>
        await owners.Find(Where.Eq("_id", collection)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } document
            ? CollectionOwner.Read(document)
            : null;

    private async Task<bool> TryTakeAsync(CollectionOwner? seen, CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        var token = (seen?.Token ?? 0) + 1;
        var document = new BsonDocument
        {
            ["_id"] = collection,
            ["token"] = token,
            ["renewals"] = 0L,
            ["released"] = false,
            ["lease_ms"] = (long)lease.TotalMilliseconds,
            ["holder"] = Self,
            ["since"] = Now,
            ["renewed_at"] = Now,
        };
        if (seen is null)
        {
            try
            {
                await owners.InsertOneAsync(document, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (MongoWriteException e) when (e.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                return false;
            }
        }
        else
        {
            var same = Where.Eq("_id", collection) & Where.Eq("token", seen.Token) & Where.Eq("renewals", seen.Renewals);
            var result = await owners.ReplaceOneAsync(same, document, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (result.MatchedCount == 0)
            {
                return false;
            }
        }

        Token = token;
        Interlocked.Exchange(ref _renewed, before);
        return true;
    }
}
