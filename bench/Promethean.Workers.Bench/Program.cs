using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using Promethean.Workers;

// dotnet run -c Release --project bench/Promethean.Workers.Bench
// What the offline models cost for a page of 20 kB, beside hashing the same page, taken in turn in one run.
const int Rounds = 300;
var page = Write(20_000, new Random(7));
var bytes = Encoding.UTF8.GetBytes(page);
using var summary = new ExtractiveSummaryChatClient();
using var tags = new KeyphraseTagsChatClient();
var message = new ChatMessage(ChatRole.User, page);
var times = new Dictionary<string, List<double>> { ["SHA-256"] = [], ["summary"] = [], ["tags"] = [] };
for (var round = 0; round < Rounds; round++)
{
    times["SHA-256"].Add(await TimeAsync(() => Task.FromResult(SHA256.HashData(bytes).Length)));
    times["summary"].Add(await TimeAsync(async () => (await summary.GetResponseAsync(message)).Text.Length));
    times["tags"].Add(await TimeAsync(async () => (await tags.GetResponseAsync(message)).Text.Length));
}

var unit = Median(times["SHA-256"]);
foreach (var (what, taken) in times)
{
    Console.WriteLine($"{what,-8} median {Median(taken):F3} ms, {Median(taken) / unit:F1} x SHA-256");
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static async Task<double> TimeAsync(Func<Task<int>> work)
{
    var from = TimeProvider.System.GetTimestamp();
    await work();
    return TimeProvider.System.GetElapsedTime(from).TotalMilliseconds;
}

static string Write(int length, Random random)
{
    string[] words = ["harbour", "observatory", "railway", "glass", "garden", "copper", "storm", "festival", "bridge", "river", "lantern", "archive"];
    var text = new StringBuilder(length + 200);
    while (text.Length < length)
    {
        text.Append(CultureInfo.InvariantCulture, $"In {random.Next(1600, 1990)} the {words[random.Next(words.Length)]} of the {words[random.Next(words.Length)]} was kept beside the {words[random.Next(words.Length)]}. ");
    }

    return text.ToString();
}
