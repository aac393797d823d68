using System.Globalization;
using System.Runtime.CompilerServices;

namespace Promethean.Vectors.Tests;

/// <summary>This test program started as a process that writes until it is killed: it says on its output what was acknowledged.</summary>
internal static class KilledWriter
{
    public const string PathVariable = "PROMETHEAN_KILLED_WRITER_PATH";

    public static EmbeddingSpec Spec { get; } = new("killed", 8);

    public static VectorRecord Record(int number) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        Embedding = Enumerable.Range(0, 8).Select(i => (float)number + i).ToArray(),
        Document = new string('x', number % 5000),
    };

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { } path) WriteForeverAsync(path).GetAwaiter().GetResult();
    }

    private static async Task WriteForeverAsync(string path)
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new() { Path = path });
        var collection = await store.OpenCollectionAsync("killed", Spec);
        for (var number = (int)await collection.CountAsync(); ; number++)
        {
            await collection.UpsertAsync([Record(number)]);
            await Console.Out.WriteLineAsync(number.ToString(CultureInfo.InvariantCulture));
            await Console.Out.FlushAsync();
        }
    }
}
