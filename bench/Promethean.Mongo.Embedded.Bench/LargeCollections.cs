using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>Pages out of collections of growing size, and a walk through all of the largest.</summary>
internal static class LargeCollections
{
    private const int Page = 1000;
    private const int Largest = 1_000_000;

    private static readonly SortDefinition<BsonDocument> InOrder = new BsonDocument("_id", 1);

    public static async Task CompareAsync(int rounds)
    {
        var peers = await Peer.StartAllAsync();
        Console.WriteLine($"### Pages: `_id > x`, in order of `_id`, {Page:N0} documents of 1 kB ({rounds} rounds, medians)\n");
        Console.WriteLine("| documents in the collection | server | µs a page | server CPU µs a page | of the canned server's pages/s, least | median |");
        Console.WriteLine("|---|---|---|---|---|---|");
        for (var size = Page; size <= Largest; size *= 10) await ComparePagesAsync(peers, size, rounds);
        Console.WriteLine();
        await WalkAsync(peers);
        foreach (var peer in peers) await peer.DisposeAsync();
    }

    private static string Name(int size) => "paged_" + size.ToString(CultureInfo.InvariantCulture);

    private static async Task ComparePagesAsync(Peer[] peers, int size, int rounds)
    {
        foreach (var peer in peers[..^1]) await peer.FillAsync(Name(size), size);
        var random = new Random(20261125);
        var operation = new Operation($"{size:N0}", Name(size), size, (collection, _) => ReadPageAsync(collection, random.Next(size - Page + 1)));
        var runs = await Rounds.RunAsync(peers, operation, rounds);
        foreach (var peer in peers)
        {
            var ratios = Rounds.Ratios(runs[peer], runs[peers[^1]]);
            var comparison = peer == peers[^1] ? "| |" : $"{ratios.Min():P0} | {Middle.Of(ratios):P0} |";
            Console.WriteLine(
                $"| {operation.Name} | {peer.Name} | {Rounds.Middling(runs[peer], run => 1e6 / run.PerSecond):N0} | "
                + $"{Rounds.Middling(runs[peer], run => run.ServerMicroseconds):N0} | {comparison}");
        }
    }

    private static async Task ReadPageAsync(IMongoCollection<BsonDocument> collection, int after)
    {
        var page = await collection.Find(new BsonDocument("_id", new BsonDocument("$gt", Documents.Id(after)))).Sort(InOrder).Limit(Page).ToListAsync();
        if (page.Count != Page) throw new InvalidOperationException($"A page after {after} has {page.Count} documents.");
    }

    private static async Task WalkAsync(Peer[] peers)
    {
        Console.WriteLine($"### `find({{}})` over {Largest:N0} documents of 1 kB, one batch after the other; the server's working set in MB\n");
        Console.WriteLine("| server | documents | documents/s | before | most | after | garbage collected after |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var peer in peers)
        {
            var before = await peer.Server.ReadUsageAsync(collect: true);
            var from = TimeProvider.System.GetTimestamp();
            var (read, most) = (0L, 0L);
            using (var cursor = await peer.Database.GetCollection<RawBsonDocument>(WalkedName(peer, peers)).FindAsync(new BsonDocument()))
            {
                while (await cursor.MoveNextAsync())
                {
                    foreach (var document in cursor.Current)
                    {
                        read++;
                        document.Dispose();
                    }

                    most = Math.Max(most, peer.Server.ReadWorkingSet());
                }
            }

            var taken = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
            var after = await peer.Server.ReadUsageAsync();
            var collected = await peer.Server.ReadUsageAsync(collect: true);
            Console.WriteLine(
                $"| {peer.Name} | {read:N0} | {read / taken:N0} | {Megabytes(before.WorkingSet)} | {Megabytes(most)} | {Megabytes(after.WorkingSet)} | {Megabytes(collected.WorkingSet)} |");
        }

        Console.WriteLine();
    }

    private static string WalkedName(Peer peer, Peer[] peers) => peer == peers[^1] ? "walked" : Name(Largest);

    private static string Megabytes(long bytes) => $"{bytes / 1e6:N0}";
}
