// Exact top-10 of the embedded store beside a plain loop and the mere reading of the same memory, all in one run:
//   dotnet run -c Release --project bench/Promethean.Vectors.Bench -- [records] [dimension] [rounds]
// The rows are measured in turn in every round, so that a busy machine slows all of them; read the ratios.
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Promethean.Vectors;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var records = Argument(0, 100_000);
var dimension = Argument(1, 384);
var rounds = Argument(2, 41);
var random = new Random(4711);
var time = TimeProvider.System;

var plain = new float[records * dimension];
for (var i = 0; i < plain.Length; i++) plain[i] = (random.NextSingle() * 2) - 1;
await using var store = await EmbeddedVectorStore.OpenAsync(new() { MaxQueryThreads = 1 });
await using var parallelStore = await EmbeddedVectorStore.OpenAsync(new() { MaxQueryThreads = 2 });
var collection = await FillAsync(store);
var parallelCollection = await FillAsync(parallelStore);
var query = Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
var sink = 0f;

(string Name, Func<Task> Run)[] rows =
[
    ("reading the memory once", () => Task.FromResult(sink += ReadAll())),
    ("embedded store, 1 thread", () => QueryAsync(collection, null)),
    ("embedded store, 1 thread, filter", () => QueryAsync(collection, VectorFilter.Equal("half", 1))),
    ("embedded store, 2 threads", () => QueryAsync(parallelCollection, null)),
    ("plain scalar loop, norms too", () => Task.FromResult(sink += ScalarTop())),
];
var times = rows.Select(_ => new List<double>()).ToArray();
for (var round = -3; round < rounds; round++)
{
    for (var row = 0; row < rows.Length; row++)
    {
        var started = time.GetTimestamp();
        await rows[row].Run();
        if (round >= 0) times[row].Add(time.GetElapsedTime(started).TotalMilliseconds);
    }
}

Console.WriteLine($"{records:N0} x {dimension}, top 10, {rounds} rounds, {Vector<float>.Count * 32}-bit SIMD ({sink:E0})");
Console.WriteLine($"{"",-34}{"p50 ms",9}{"best ms",9}{"GB/s",7}{"x memory",10}");
var memory = P50(times[0]);
for (var row = 0; row < rows.Length; row++)
{
    var p50 = P50(times[row]);
    Console.WriteLine($"{rows[row].Name,-34}{p50,9:F2}{times[row].Min(),9:F2}{plain.Length * 4e-6 / p50,7:F1}{p50 / memory,10:F2}");
}

int Argument(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

static double P50(List<double> values) => values.Order().ElementAt(values.Count / 2);

async Task<IVectorCollection> FillAsync(EmbeddedVectorStore target)
{
    var filled = await target.OpenCollectionAsync("bench", new("random", dimension));
    for (var start = 0; start < records; start += 1000)
    {
        await filled.UpsertAsync([.. Enumerable.Range(start, Math.Min(1000, records - start)).Select(i => new VectorRecord
        {
            Id = $"record-{i}",
            Embedding = plain.AsMemory(i * dimension, dimension),
            Metadata = new([new("half", i % 2)]),
        })]);
    }

    return filled;
}

async Task QueryAsync(IVectorCollection target, VectorFilter? filter) =>
    sink += (await target.QueryAsync(new() { Embedding = query, Limit = 10, Filter = filter }))[0].Score;

float ReadAll()
{
    Vector<float> a = default, b = default, c = default, d = default;
    var all = MemoryMarshal.Cast<float, Vector<float>>(plain);
    for (var i = 0; i + 3 < all.Length; i += 4)
    {
        a += all[i];
        b += all[i + 1];
        c += all[i + 2];
        d += all[i + 3];
    }

    return Vector.Sum(a + b + c + d);
}

float ScalarTop()
{
    var best = new PriorityQueue<int, float>();
    for (var record = 0; record < records; record++)
    {
        float dot = 0, square = 0;
        var vector = plain.AsSpan(record * dimension, dimension);
        for (var i = 0; i < vector.Length; i++)
        {
            dot += query[i] * vector[i];
            square += vector[i] * vector[i];
        }

        var score = dot / MathF.Sqrt(square);
        if (best.Count < 10) best.Enqueue(record, score);
        else best.EnqueueDequeue(record, score);
    }

    return best.Count;
}
