using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Crawler;

/// <summary>
/// The edges of the graph. An edge is there as long as its page has the link. Its <c>_id</c> begins with the page it leaves, so
/// the primary index finds a page's links; another index finds the links to a page.
/// </summary>
internal sealed class EdgeStore(IMongoDatabase database, TimeProvider time)
{
    private const string LinkRel = "a[href]";
    private static readonly InsertManyOptions _unordered = new() { IsOrdered = false };
    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);

    public IMongoCollection<BsonDocument> Edges { get; } = database.GetCollection<BsonDocument>("edges");

    public Task EnsureIndexesAsync(CancellationToken cancellationToken) =>
        Edges.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("to", 1)), cancellationToken: cancellationToken);

    public static BsonDocument FromPage(string id) => new("_id", new BsonDocument { { "$gt", id + "->" }, { "$lt", id + "-?" } });

    /// <summary>Makes the stored edges of a page those of these links.</summary>
    /// <param name="from">The page.</param>
    /// <param name="isNew">Whether the page was never stored, so that at most a crash can have left edges of it.</param>
    /// <param name="links">The links with their targets' identities.</param>
    /// <param name="cancellationToken">Ends the call early; it may be repeated.</param>
    public async Task StoreAsync(string from, bool isNew, IReadOnlyList<(CrawlUrl Target, PageLink Link)> links, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var edges = new Dictionary<string, BsonDocument>(links.Count, StringComparer.Ordinal);
        foreach (var (target, link) in links)
        {
            var to = Resolve(target.Id);
            edges.TryAdd($"{from}->{to}", Edge(from, to, target, link, now));
        }

        if (!isNew)
        {
            var (gone, kept) = (new BsonArray(), new BsonArray());
            foreach (var id in await ReadIdsAsync(from, cancellationToken).ConfigureAwait(false))
                (edges.Remove(id) ? kept : gone).Add(id);
            if (gone.Count > 0)
                await Edges.DeleteManyAsync(new BsonDocument("_id", new BsonDocument("$in", gone)), cancellationToken).ConfigureAwait(false);
            if (kept.Count > 0)
                await Edges.UpdateManyAsync(new BsonDocument("_id", new BsonDocument("$in", kept)), new BsonDocument("$set", new BsonDocument("last_seen_at", now)), cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        if (edges.Count == 0) return;
        try
        {
            await Edges.InsertManyAsync(edges.Values, _unordered, cancellationToken).ConfigureAwait(false);
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Left by a crash between the edges and the page: they are already what they should be.
        }
    }

    /// <summary>The links a page had when it was last downloaded.</summary>
    public async Task<IReadOnlyList<(Uri Target, bool NoFollow)>> ReadLinksAsync(string from, CancellationToken cancellationToken)
    {
        var edges = await Edges.Find(FromPage(from)).Project(new BsonDocument { { "to_url", 1 }, { "nofollow", 1 } }).ToListAsync(cancellationToken).ConfigureAwait(false);
        return edges.ConvertAll(edge => (new Uri(edge["to_url"].AsString), edge.GetValue("nofollow", false).ToBoolean()));
    }

    /// <summary>Forgets a page's links.</summary>
    public Task DeleteFromAsync(string id, CancellationToken cancellationToken) => Edges.DeleteManyAsync(FromPage(id), cancellationToken);

    /// <summary>Where links to an id really lead, as far as known.</summary>
    public string Resolve(string id)
    {
        var target = id;
        for (var step = 0; _aliases.TryGetValue(target, out var next); step++)
        {
            // A circle of redirects leads nowhere; give up after as many steps as a browser would.
            if (step == 20) return id;
            target = next;
        }

        return target;
    }

    /// <summary>From now on, links to <paramref name="id"/> are stored as links to <paramref name="target"/>.</summary>
    public void AddAlias(string id, string target) => _aliases[id] = target;

    /// <summary>From now on, links to <paramref name="id"/> are stored as they are.</summary>
    public void RemoveAlias(string id) => _aliases.TryRemove(id, out _);

    /// <summary>Turns edges that were stored before their target proved an alias to where they lead.</summary>
    /// <param name="aliases">The ids to look at.</param>
    /// <param name="cancellationToken">Ends the work early; repeating it finishes it.</param>
    public async Task ResolveStoredAsync(IReadOnlyList<string> aliases, CancellationToken cancellationToken)
    {
        foreach (var batch in aliases.Chunk(200))
        {
            var edges = await Edges.Find(new BsonDocument("to", new BsonDocument("$in", new BsonArray(batch)))).ToListAsync(cancellationToken).ConfigureAwait(false);
            var writes = new List<WriteModel<BsonDocument>>(edges.Count * 2);
            foreach (var edge in edges)
            {
                var (id, from, to) = (edge["_id"].AsString, edge["from"].AsString, Resolve(edge["to"].AsString));
                if (to == edge["to"].AsString) continue;
                edge["to"] = to;
                edge.Remove("_id");
                writes.Add(new UpdateOneModel<BsonDocument>(new BsonDocument("_id", $"{from}->{to}"), new BsonDocument("$setOnInsert", edge)) { IsUpsert = true });
                writes.Add(new DeleteOneModel<BsonDocument>(new BsonDocument("_id", id)));
            }

            if (writes.Count > 0) await Edges.BulkWriteAsync(writes, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private static BsonDocument Edge(string from, string to, CrawlUrl target, PageLink link, DateTime now)
    {
        var edge = new BsonDocument
        {
            { "_id", $"{from}->{to}" },
            { "from", from },
            { "to", to },
            { "to_url", target.FetchUrl.AbsoluteUri },
            { "rel", LinkRel },
            { "anchor_text", link.AnchorText },
            { "first_seen_at", now },
            { "last_seen_at", now },
        };
        if (link.NoFollow) edge.Add("nofollow", true);
        return edge;
    }

    private async Task<IReadOnlyList<string>> ReadIdsAsync(string from, CancellationToken cancellationToken)
    {
        var edges = await Edges.Find(FromPage(from)).Project(new BsonDocument("_id", 1)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return edges.ConvertAll(edge => edge["_id"].AsString);
    }
}
