using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Promethean.Crawler.Bench;

/// <summary>Where a crawl's time goes, as the crawler's own histograms tell it: seconds of waiting and working per page and stage.</summary>
internal static partial class StageTimes
{
    public static async Task PrintAsync(string allInOne, string seed, string data, int pages)
    {
        using var host = Process.Start(new ProcessStartInfo(
            "dotnet",
            [allInOne, "--seed", seed, "--allow-network", "127.0.0.1/32", "--data", data, "--max-pages", $"{pages}", "--max-depth", "100000", "--port", "0", "--broker-port", "0"])
        {
            RedirectStandardOutput = true,
        })!;
        var ready = (await host.StandardOutput.ReadLineAsync())!;
        while (await host.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith('{'))
        {
        }

        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(new Uri(ready["ready ".Length..]), "/metrics"));
        foreach (var stage in Sum().Matches(metrics).GroupBy(match => match.Groups["stage"].Value))
        {
            var seconds = stage.Sum(match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
            Console.WriteLine($"  {stage.Key,-8} {seconds / pages * 1000:F2} ms a page");
        }

        using var end = Process.Start("kill", ["-TERM", $"{host.Id}"]);
        await host.WaitForExitAsync();
    }

    [GeneratedRegex(@"^(?<stage>fetch|parse|store|llm|embed)_duration_seconds_sum(\{[^}]*\})? (?<value>[0-9.eE+-]+)", RegexOptions.Multiline)]
    private static partial Regex Sum();
}
