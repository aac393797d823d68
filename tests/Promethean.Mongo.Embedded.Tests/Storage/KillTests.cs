using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Sqlite;
using Promethean.Mongo.Embedded.Tests.Oplog;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>kill -9 in the middle of writing, again and again, on one data directory.</summary>
[Trait("Category", "Integration")]
public sealed class KillTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _notes = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _directory.Dispose();
        _notes.Dispose();
    }

    [Fact]
    public async Task Every_acknowledged_write_survives_and_the_indexes_agree_with_the_documents()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("PROMETHEAN_KILL_ROUNDS") ?? "4", CultureInfo.InvariantCulture);
        var random = new Random(20261123);
        var journal = Path.Combine(_notes.Path, "journal");
        var acknowledged = 0;
        for (var round = 0; round < rounds; round++)
        {
            await WriteAndKillAsync(round, journal, acknowledged + random.Next(50, 400));
            var lines = await File.ReadAllLinesAsync(journal, Cancel);
            acknowledged = lines.Length;
            await CheckDocumentsAsync(lines);
            await CheckIndexesAsync();
            await OplogAgreement.HoldsAsync(_directory.Path, new CollectionName("crash", "writes"));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{rounds} rounds, {acknowledged} journal lines");
    }

    private async Task WriteAndKillAsync(int round, string journal, int lines)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-explicit", "only", "-method", "*CrashWriter.Write_until_killed"]) start.ArgumentList.Add(argument);
        start.Environment[CrashWriter.DirectoryVariable] = _directory.Path;
        start.Environment[CrashWriter.JournalVariable] = journal;
        start.Environment[CrashWriter.RoundVariable] = round.ToString(CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        try
        {
            await Eventually.HoldsAsync(() =>
            {
                child.HasExited.Should().BeFalse("the child writes until it is killed");
                return Task.FromResult(CountLines(journal) >= lines);
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

    private async Task CheckDocumentsAsync(string[] journal)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory.Path }, Cancel);
        using var client = new MongoClient(server.ConnectionString);
        var collection = client.GetDatabase("crash").GetCollection<BsonDocument>("writes");
        var found = (await collection.Find("{}").ToListAsync(Cancel)).ToDictionary(document => document["_id"].AsString);
        var notes = journal.Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2).ToLookup(parts => parts[1], parts => parts[0]);
        foreach (var note in notes)
        {
            if (note.Contains("deleted")) found.Should().NotContainKey(note.Key, "its deletion was acknowledged");
            else if (note.Contains("inserted") && !note.Contains("deleting")) found.Should().ContainKey(note.Key, "its insertion was acknowledged");
            if (note.Contains("updated")) found[note.Key]["key"].AsString.Should().Be($"second {note.Key}", "its update was acknowledged");
        }

        (await collection.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(found.Count);
    }

    private async Task CheckIndexesAsync()
    {
        await using var engine = SqliteEngine.Open(_directory.Path, checkIntegrity: true);
        using var view = engine.OpenView();
        var collection = view.Catalogue.Find(new CollectionName("crash", "writes"))!;
        foreach (var index in collection.Indexes)
        {
            var expected = view.Scan(collection)
                .SelectMany(stored => DocumentKeys.Of(BsonBytes.Decode(stored.Bytes), index).Keys.Select(key => new IndexEntry(key, stored.RecordId)))
                .Order().Select(entry => $"{Convert.ToHexString(entry.Key)} {entry.RecordId}");
            view.Scan(index, KeyRange.All).Select(entry => $"{Convert.ToHexString(entry.Key)} {entry.RecordId}").Should().Equal(expected, index.Name);
        }
    }
}
