namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>Tasks to write, and reading them back.</summary>
internal static class Sample
{
    /// <summary>Dates have whole milliseconds in MongoDB.</summary>
    public static DateTimeOffset Start { get; } = DateTimeOffset.FromUnixTimeMilliseconds(1795000000123);

    public static StoredTask Task(string id = "t1") => new()
    {
        Id = id,
        Sequence = 7,
        Queue = "pages",
        Payload = JsonPayload.Parse("{ \"a\" : [1,2 ], \"text\":\"é漢😀\\u0000\" }"),
        Headers = new Dictionary<string, string> { ["$a.b"] = "ä\0", [""] = "" },
        DedupeId = "name",
        DedupeQueue = "pages",
        MaxAttempts = 5,
        Attempts = 2,
        EnqueuedAt = Start,
        Due = Start + TimeSpan.FromSeconds(1),
    };

    public static async Task<List<StoredTask>> ReadAsync(ITaskJournal journal)
    {
        var tasks = new List<StoredTask>();
        await foreach (var task in journal.LoadAsync(TestContext.Current.CancellationToken))
        {
            tasks.Add(task);
        }

        return tasks;
    }
}
