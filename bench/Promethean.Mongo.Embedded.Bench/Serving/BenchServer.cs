namespace Promethean.Mongo.Embedded.Bench.Serving;

/// <summary>What a child process runs: one of the servers, until its input ends.</summary>
internal static class BenchServer
{
    public const string Memory = "memory";
    public const string Sqlite = "sqlite";
    public const string Canned = "canned";

    /// <summary>What the parent asks to have garbage collected before it is told the usage.</summary>
    public const string Collect = "collect";

    /// <summary>Prints the connection string, then answers each line with what the process uses.</summary>
    public static async Task RunAsync(string kind)
    {
        if (kind == Canned)
        {
            using var server = new CannedServer();
            await AnswerAsync(server.ConnectionString);
            return;
        }

        var directory = kind == Sqlite ? Directory.CreateTempSubdirectory("promethean-mongo-bench-") : null;
        await using (var server = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = directory?.FullName })) await AnswerAsync(server.ConnectionString);
        directory?.Delete(recursive: true);
    }

    private static async Task AnswerAsync(string connectionString)
    {
        Console.WriteLine(connectionString);
        while (await Console.In.ReadLineAsync() is { } asked)
        {
            if (asked == Collect) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine(ServerUsage.Read());
        }
    }
}
