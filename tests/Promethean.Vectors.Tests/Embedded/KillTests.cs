using System.Diagnostics;
using System.Globalization;

namespace Promethean.Vectors.Tests;

[Trait("Category", "Integration")]
public sealed class KillTests
{
    [Fact]
    public async Task Every_acknowledged_write_survives_killing_the_process()
    {
        using var folder = new TemporaryFolder();
        var token = TestContext.Current.CancellationToken;
        var path = folder.File("vectors.db");

        for (var round = 0; round < 4; round++)
        {
            var last = await WriteUntilKilledAsync(path, 40 + (round * 37), token);

            await using var store = await EmbeddedVectorStore.OpenAsync(new() { Path = path }, cancellationToken: token);
            var collection = await store.OpenCollectionAsync("killed", KilledWriter.Spec, token);
            var records = await collection.GetAsync([.. Enumerable.Range(0, last + 1).Select(i => i.ToString(CultureInfo.InvariantCulture))], token);
            records.Should().Equal(Enumerable.Range(0, last + 1).Select(KilledWriter.Record));
        }
    }

    private static async Task<int> WriteUntilKilledAsync(string path, int writes, CancellationToken token)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.Environment[KilledWriter.PathVariable] = path;
        using var process = Process.Start(start)!;
        var last = -1;
        try
        {
            for (var i = 0; i < writes; i++)
            {
                var line = await process.StandardOutput.ReadLineAsync(token).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, token);
                last = int.Parse(line!, CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(token);
        }

        return last;
    }
}
