namespace Promethean.Vectors.Tests;

/// <summary>The README's code, as it stands there.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync(string file)
    {
        var generator = new LexicalEmbeddingGenerator(); // offline, by words; any IEmbeddingGenerator does
        await using var store = await EmbeddedVectorStore.OpenAsync(new() { Path = file });
        var notes = await store.OpenCollectionAsync("notes", generator.Spec);

        string[] texts = ["Checkpoints bound the time a recovery takes.", "Bread needs flour, water, salt and time.", "The log is written before the data."];
        await notes.UpsertAsync([.. texts.Select((text, i) => new VectorRecord { Id = $"note-{i}", Embedding = generator.Embed(text), Document = text, Metadata = new([new("lang", "en")]) })]);

        foreach (var hit in await notes.QueryAsync(new() { Embedding = generator.Embed("recovery from checkpoints"), Limit = 2, Filter = VectorFilter.Equal("lang", "en") }))
        {
            Console.WriteLine($"{hit.Score:F2} {hit.Record.Document}");
        }
    }
}
