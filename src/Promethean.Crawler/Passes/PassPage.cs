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

    /// <summary>Reads a page with work due.</summary>
    public static PassPage Read(BsonDocument page)
    {
        var work = page["work"].AsBsonDocument;
        return Read(page, work["stage"].AsString, work["sha"].AsString, work["tries"].ToInt32());
    }

    /// <summary>Reads a page as it would be indexed, whatever work is due.</summary>
    public static PassPage ReadIndexed(BsonDocument page) => Read(page, PassStage.Index, page["content_sha256"].AsString, tries: 0);

    private static PassPage Read(BsonDocument page, string stage, string contentSha256, int tries) => new()
    {
        Id = page["_id"].AsString,
        Url = page["url"].AsString,
        Domain = page["domain"].AsString,
        Title = page["title"].AsString,
        Lang = page.Text("lang"),
        ContentSha256 = contentSha256,
        Stage = stage,
        Tries = tries,
        Summary = page.Part("summary")?.Text("text"),
        Tags = page.Tags(),
    };
}
