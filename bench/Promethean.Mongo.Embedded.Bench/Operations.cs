using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>Inserts, look-ups and changes.</summary>
internal static class Operations
{
    private const int Batch = 1000;
    private const int Present = 10_000;
    private const int InFlight = 8;

    private static readonly BsonDocument Increment = new("$inc", new BsonDocument("number", 1));

    public static async Task CompareAsync(int rounds)
    {
        var batch = Enumerable.Range(1, Batch).Select(Documents.Of).ToArray();
        Operation[] operations =
        [
            new($"insertMany({Batch:N0})", "inserted", 0, (collection, _) => InsertAsync(collection, batch)),
            new("find by _id", "found", Present, FindAsync),
            new($"find by _id, {InFlight} at a time", "found", Present, FindAsync, InFlight),
            new("updateOne by _id", "updated", Present, (collection, number) => collection.UpdateOneAsync(ById(number), Increment)),
            new($"updateOne by _id, {InFlight} at a time", "updated", Present, (collection, number) => collection.UpdateOneAsync(ById(number), Increment), InFlight),
            new("findAndModify by _id", "modified", Present, (collection, number) => collection.FindOneAndUpdateAsync(ById(number), Increment)),
        ];
        var peers = await Peer.StartAllAsync();
        foreach (var peer in peers)
        {
            foreach (var name in operations.Where(operation => !operation.Fills).Select(operation => operation.Collection).Distinct())
                await peer.FillAsync(name, Present);
        }

        Console.WriteLine($"### Operations on documents of 1 kB ({rounds} rounds, medians)\n");
        Console.WriteLine("| | server | each/s | server CPU µs each | server bytes each | of the canned server's each/s, least | median |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var operation in operations) Print(operation, peers, await Rounds.RunAsync(peers, operation, rounds));
        Console.WriteLine();
        foreach (var peer in peers) await peer.DisposeAsync();
    }

    private static BsonDocument ById(int number) => new("_id", Documents.Id((int)((number * 7919L) % Present) + 1));

    private static Task<BsonDocument> FindAsync(IMongoCollection<BsonDocument> collection, int number) => collection.Find(ById(number)).FirstAsync();

    // The documents are made once; what is measured is their way to the server and into its store.
    private static Task InsertAsync(IMongoCollection<BsonDocument> collection, BsonDocument[] batch)
    {
        foreach (var document in batch) document["_id"] = ObjectId.GenerateNewId();
        return collection.InsertManyAsync(batch);
    }

    private static void Print(Operation operation, Peer[] peers, Dictionary<Peer, List<OperationRun>> runs)
    {
        foreach (var peer in peers)
        {
            var ratios = Rounds.Ratios(runs[peer], runs[peers[^1]]);
            var comparison = peer == peers[^1] ? "| |" : $"{ratios.Min():P0} | {Middle.Of(ratios):P0} |";
            Console.WriteLine(
                $"| {operation.Name} | {peer.Name} | {Rounds.Middling(runs[peer], run => run.PerSecond):N0} | "
                + $"{Rounds.Middling(runs[peer], run => run.ServerMicroseconds):N1} | {Rounds.Middling(runs[peer], run => run.ServerBytes):N0} | {comparison}");
        }
    }
}
