// Queues in memory beside queues with a journal in MongoDB, all in one run, in turn; read the ratios:
//   dotnet run -c Release --project bench/Promethean.Broker.Queues.Bench -- [rounds] [tasks] [at once]
using System.Globalization;
using Promethean.Broker;
using Promethean.Broker.Queues.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var numbers = args.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToList();
var (rounds, tasks, atOnce) = (numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2)) switch
{
    var (r, t, a) => (r > 0 ? r : 5, t > 0 ? t : 10_000, a > 0 ? a : 256),
};
var payload = JsonPayload.Parse($$"""{"url":"https://example.com/{{new string('x', 200)}}"}""");
(string Name, Func<Task<QueueHost>> Start)[] kinds =
[
    ("in memory", QueueHost.InMemoryAsync),
    ("journal, embedded MongoDB in memory", QueueHost.OnMongoInMemoryAsync),
    ("journal, embedded MongoDB on disk", QueueHost.OnMongoOnDiskAsync),
];
var enqueued = kinds.ToDictionary(kind => kind.Name, _ => new List<double>());
var done = kinds.ToDictionary(kind => kind.Name, _ => new List<double>());

// Round 0 warms up.
for (var round = 0; round <= rounds; round++)
{
    foreach (var (name, start) in kinds)
    {
        await using var host = await start();
        var (inSeconds, outSeconds) = await RunAsync(host.Client);
        if (round > 0)
        {
            enqueued[name].Add(tasks / inSeconds);
            done[name].Add(tasks / outSeconds);
        }
    }
}

Console.WriteLine($"{rounds} rounds of {tasks:N0} tasks of {payload.Utf8.Length} bytes, {atOnce} at once; medians\n");
Console.WriteLine("| | enqueued and acknowledged, tasks/s | of in memory | consumed and acknowledged, tasks/s | of in memory |\n|---|---|---|---|---|");
foreach (var (name, _) in kinds)
{
    Console.WriteLine($"| {name} | {Median(enqueued[name]):N0} | {Ratio(enqueued, name):0.00} | {Median(done[name]):N0} | {Ratio(done, name):0.00} |");
}

double Ratio(Dictionary<string, List<double>> figures, string name) => Median(figures[name].Zip(figures[kinds[0].Name], (one, first) => one / first));

static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

async Task<(double In, double Out)> RunAsync(WebSocketBrokerClient client)
{
    var begin = TimeProvider.System.GetTimestamp();
    await Parallel.ForEachAsync(
        Enumerable.Range(0, tasks),
        new ParallelOptions { MaxDegreeOfParallelism = atOnce },
        async (_, token) => await client.EnqueueAsync("q", payload, cancellationToken: token));
    var inSeconds = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;

    begin = TimeProvider.System.GetTimestamp();
    var left = tasks;
    var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    await using var consumer = await client.ConsumeAsync(
        "q",
        (_, _) =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                all.SetResult();
            }

            return ValueTask.CompletedTask;
        },
        new() { Credit = atOnce });
    await all.Task;
    await consumer.DrainAsync();
    return (inSeconds, TimeProvider.System.GetElapsedTime(begin).TotalSeconds);
}
