using MongoDB.Bson;

namespace Promethean.Crawler;

/// <summary>A page on its way through the passes; what one pass makes, the next one reads.</summary>
internal sealed class PassPage
{
    public required string Id { get; init; }

    public required string Url { get; init; }

    public required string Domain { get; init; }

    public required string Title { get; init; }

    public required string? Lang { get; init; }

    /// <summary>The text that this work is about; work on an older text than the page's is dropped.</summary>
    public required string ContentSha256 { get; init; }

    public required string Stage { get; set; }

    public required int Tries { get; set; }

    public string? Summary { get; set; }

    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>The text as the models see it, once read.</summary>
    public string? Text { get; set; }

    public static BsonDocument Fields { get; } = new()
    {
        { "url", 1 }, { "domain", 1 }, { "title", 1 }, { "lang", 1 }, { "summary.text", 1 }, { "tags", 1 }, { "work", 1 },
    };

    public static PassPage Read(BsonDocument page)
    {
        var work = page["work"].AsBsonDocument;
        return new PassPage
        {
            Id = page["_id"].AsString,
            Url = page["url"].AsString,
            Domain = page["domain"].AsString,
            Title = page["title"].AsString,
            Lang = page.Text("lang"),
            ContentSha256 = work["sha"].AsString,
            Stage = work["stage"].AsString,
            Tries = work["tries"].ToInt32(),
            Summary = page.Part("summary")?.Text("text"),
            Tags = page.Tags(),
        };
    }
}
