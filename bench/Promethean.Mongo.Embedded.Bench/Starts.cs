using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>How long a server takes to start inside this process, when the code is compiled.</summary>
internal static class Starts
{
    private const int WarmUps = 10;
    private const int Times = 50;

    public static async Task MeasureAsync()
    {
        Console.WriteLine($"### From start to ready in the process, ms ({Times} starts, warm)\n");
        Console.WriteLine("| | started, p50 | most | and a new client's first answer, p50 | most |");
        Console.WriteLine("|---|---|---|---|---|");
        await MeasureAsync("in memory", onDisk: false);
        await MeasureAsync("on SQLite, a new directory", onDisk: true);
        Console.WriteLine();
    }

    private static async Task MeasureAsync(string name, bool onDisk)
    {
        var started = new List<double>();
        var answered = new List<double>();
        for (var i = -WarmUps; i < Times; i++)
        {
            var directory = onDisk ? Directory.CreateTempSubdirectory("promethean-mongo-bench-") : null;
            var from = TimeProvider.System.GetTimestamp();
            await using (var server = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = directory?.FullName }))
            {
                var ready = TimeProvider.System.GetElapsedTime(from);
                using var client = new MongoClient(server.ConnectionString);
                await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1));
                var answer = TimeProvider.System.GetElapsedTime(from);
                if (i >= 0)
                {
                    started.Add(ready.TotalMilliseconds);
                    answered.Add(answer.TotalMilliseconds);
                }
            }

            directory?.Delete(recursive: true);
        }

        Console.WriteLine($"| {name} | {Middle.Of(started):N2} | {started.Max():N2} | {Middle.Of(answered):N2} | {answered.Max():N2} |");
    }
}
