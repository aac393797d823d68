using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Tests.Oplog;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>
/// kill -9 in the middle of writing, again and again, on one data directory; every tenth round begins a new one. How often is the
/// environment's <c>PROMETHEAN_KILL_ROUNDS</c> to say.
/// </summary>
[Trait("Category", "Integration")]
public sealed class KillTests : IDisposable
{
    private const int RoundsEach = 10;

    private readonly TemporaryDirectory _notes = new();
    private TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Journal => Path.Combine(_notes.Path, "journal");

    public void Dispose()
    {
        _directory.Dispose();
        _notes.Dispose();
    }

    [Fact]
    public async Task Every_acknowledged_write_survives_no_other_is_there_by_half_and_the_indexes_agree_with_the_documents()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("PROMETHEAN_KILL_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        var random = new Random(20261123);
        var (acknowledged, survived) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            if (round > 0 && round % RoundsEach == 0) BeginAnew();
            // A long round now and then: the log is folded into the file only when it has grown.
            var lines = random.Next(50, 400) * (round % 5 == 4 ? 6 : 1);
            var before = CountLines(Journal);
            await WriteAndKillAsync(round, before + lines);
            var journal = await File.ReadAllLinesAsync(Journal, Cancel);
            acknowledged += journal.Length - before;
            survived = await CheckDocumentsAsync(journal);
            await StoredIndexes.CheckAsync(_directory.Path, "crash", "writes");
            await OplogAgreement.HoldsAsync(_directory.Path, new CollectionName("crash", "writes"));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{rounds} rounds, {acknowledged} journal lines, {survived} documents at the end");
    }

    private void BeginAnew()
    {
        _directory.Dispose();
        _directory = new TemporaryDirectory();
        File.Delete(Journal);
    }

    private async Task WriteAndKillAsync(int round, int lines)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-explicit", "only", "-method", "*CrashWriter.Write_until_killed"]) start.ArgumentList.Add(argument);
        start.Environment[CrashWriter.DirectoryVariable] = _directory.Path;
        start.Environment[CrashWriter.JournalVariable] = Journal;
        start.Environment[CrashWriter.RoundVariable] = round.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        try
        {
            await Eventually.HoldsAsync(() =>
            {
                child.HasExited.Should().BeFalse("the child writes until it is killed");
                return Task.FromResult(CountLines(Journal) >= lines);
            }, Cancel);
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(Cancel);
        }
    }

    private static int CountLines(string file)
    {
        if (!File.Exists(file)) return 0;
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (reader.ReadLine() is not null) count++;
        return count;
    }

    private async Task<int> CheckDocumentsAsync(string[] journal)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory.Path }, Cancel);
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("crash").GetCollection<BsonDocument>("writes");
        var found = (await collection.Find("{}").Project("{ payload: 0 }").ToListAsync(Cancel)).ToDictionary(document => document["_id"].AsString);
        var notes = journal.Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2).ToLookup(parts => parts[1], parts => parts[0]);
        CheckSingles(found, notes);
        CheckBatches(found.Values.Where(document => document.Contains("batch")).ToLookup(document => document["batch"].AsString), notes);
        (await collection.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(found.Count);
        return found.Count;
    }

    private static void CheckSingles(Dictionary<string, BsonDocument> found, ILookup<string, string> notes)
    {
        foreach (var note in notes)
        {
            if (note.Contains("deleted")) found.Should().NotContainKey(note.Key, "its deletion was acknowledged");
            else if (note.Contains("inserted") && !note.Contains("deleting")) found.Should().ContainKey(note.Key, "its insertion was acknowledged");
            if (note.Contains("updated")) found[note.Key]["key"].AsString.Should().Be($"second {note.Key}", "its update was acknowledged");
        }

        foreach (var (id, document) in found.Where(pair => !pair.Value.Contains("batch")))
        {
            var isChanged = document["tags"].AsBsonArray.Count == 1;
            document["key"].AsString.Should().Be($"{(isChanged ? "second" : "first")} {id}", "an update is there as a whole or not at all");
        }
    }

    private static void CheckBatches(ILookup<string, BsonDocument> batches, ILookup<string, string> notes)
    {
        foreach (var batch in batches)
        {
            batch.Should().HaveCount(CrashWriter.Batch, "an insert is there as a whole or not at all: {0}", batch.Key);
            batch.Select(document => document["stage"].AsInt32).Distinct().Should().ContainSingle("an update of many is there as a whole or not at all: {0}", batch.Key);
        }

        foreach (var note in notes)
        {
            if (note.Contains("filled")) batches[note.Key].Should().NotBeEmpty("its insertion was acknowledged: {0}", note.Key);
            if (note.Contains("moved")) batches[note.Key].Should().OnlyContain(document => document["stage"] == 2, "its update was acknowledged: {0}", note.Key);
        }
    }
}
