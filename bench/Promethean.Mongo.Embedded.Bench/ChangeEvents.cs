using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>Change events to one watcher while the documents are inserted; the clock stops when it got the last.</summary>
internal static class ChangeEvents
{
    private const int Batch = 1000;
    private const int Events = 20_000;

    public static async Task CompareAsync(int rounds)
    {
        var peers = await Peer.StartAllAsync();
        Console.WriteLine($"### Change events to one watcher, {Events:N0} documents of 1 kB inserted meanwhile ({rounds} rounds, medians)\n");
        Console.WriteLine("| server | events/s, inserts included | of the canned server's, median |");
        Console.WriteLine("|---|---|---|");
        var rates = peers.ToDictionary(peer => peer, _ => new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            for (var turn = 0; turn < peers.Length; turn++)
            {
                var peer = peers[(round + 1 + turn) % peers.Length];
                if (await MeasureAsync(peer) is { } rate && round >= 0) rates[peer].Add(rate);
            }
        }

        foreach (var peer in peers)
        {
            if (rates[peer].Count == 0) Console.WriteLine($"| {peer.Name} | not supported | |");
            else Console.WriteLine($"| {peer.Name} | {Middle.Of(rates[peer]):N0} | {Middle.Of(rates[peer].Zip(rates[peers[^1]], (ours, canned) => ours / canned)):P0} |");
        }

        Console.WriteLine();
        foreach (var peer in peers) await peer.DisposeAsync();
    }

    private static async Task<double?> MeasureAsync(Peer peer)
    {
        var collection = peer.Collection("watched");
        await peer.Database.DropCollectionAsync("watched");
        await peer.Database.CreateCollectionAsync("watched");
        var documents = Enumerable.Range(1, Events).Select(Documents.Of).Chunk(Batch).ToList();
        IChangeStreamCursor<RawBsonDocument> watcher;
        try
        {
            watcher = await collection.WatchAsync<RawBsonDocument>(Array.Empty<BsonDocument>());
        }
        catch (MongoCommandException)
        {
            // A version of the server that has no change streams.
            return null;
        }

        using (watcher)
        {
            var from = TimeProvider.System.GetTimestamp();
            var inserting = Task.Run(async () =>
            {
                foreach (var batch in documents) await collection.InsertManyAsync(batch);
            });
            for (var seen = 0; seen < Events && await watcher.MoveNextAsync();)
            {
                foreach (var change in watcher.Current)
                {
                    seen++;
                    change.Dispose();
                }
            }

            await inserting;
            return Events / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        }
    }
}
