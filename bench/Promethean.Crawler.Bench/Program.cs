using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Promethean.Crawler.Bench;

// dotnet run -c Release --project bench/Promethean.Crawler.Bench -- [pages] [rounds]
// Pages per CPU-second of the whole crawl against loopback, beside the least a crawl can do, taken in turn in one run.
if (args is ["site", var count])
{
    await BenchSite.ServeAsync(int.Parse(count, CultureInfo.InvariantCulture));
    return;
}

if (args is ["bare", var seed])
{
    await BareLoop.RunAsync(new Uri(seed));
    return;
}

var pages = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2000;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var self = Environment.ProcessPath!;
var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
var allInOne = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "AllInOne", configuration, "AllInOne.dll"));

using var site = Process.Start(new ProcessStartInfo(self, ["site", $"{pages}"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
var address = new Uri(new Uri((await site.StandardOutput.ReadLineAsync())!), "/p0.html").ToString();
var scratch = Directory.CreateTempSubdirectory("promethean-bench-");
var bare = new List<double>();
var whole = new List<double>();
Console.WriteLine($"{pages} pages of 20 kB and 40 links, {rounds} rounds, {Environment.ProcessorCount} cores");
for (var round = 0; round < rounds; round++)
{
    bare.Add(Report("bare loop", await ChildProcess.MeasureAsync(self, "bare", address), pages));
    var data = Path.Combine(scratch.FullName, $"{round}");
    var run = await ChildProcess.MeasureAsync("dotnet", allInOne, "--seed", address, "--allow-network", "127.0.0.1/32", "--once", "--data", data, "--max-pages", $"{pages}", "--max-depth", "100000");
    using var line = JsonDocument.Parse(run.Output.Split('\n').First(text => text.StartsWith('{')));
    whole.Add(Report("whole crawl", run, line.RootElement.GetProperty("pages").GetInt32()));
}

bare.Sort();
whole.Sort();
var ratios = bare.Zip(whole, (a, b) => b / a).Order().ToList();
Console.WriteLine($"median pages per CPU-second: bare loop {bare[rounds / 2]:F0}, whole crawl {whole[rounds / 2]:F0}; ratio {ratios[rounds / 2]:F2}");
Console.WriteLine("where the time of a whole crawl goes (wall clock; the passes run beside the fetching):");
await StageTimes.PrintAsync(allInOne, address, Path.Combine(scratch.FullName, "stages"), pages);
site.StandardInput.Close();
await site.WaitForExitAsync();
scratch.Delete(recursive: true);

static double Report(string what, (double CpuSeconds, double WallSeconds, string Output) run, int pages)
{
    Console.WriteLine($"{what,-12} {pages} pages, {run.CpuSeconds:F1} CPU-s, {run.WallSeconds:F1} s: {pages / run.CpuSeconds:F0} pages per CPU-second, {pages / run.WallSeconds:F0} pages per second");
    return pages / run.CpuSeconds;
}
