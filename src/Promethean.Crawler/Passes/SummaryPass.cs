using MongoDB.Bson;

namespace Promethean.Crawler;

/// <summary>The first pass: a summary of the page's text.</summary>
internal sealed class SummaryPass(ModelClient models, PageTexts texts, CrawlerOptions options, TimeProvider time) : IPagePass
{
    public string Stage => PassStage.Summary;

    public string? Next => PassStage.Tags;

    public bool IsOptional => false;

    public async Task<BsonDocument> RunAsync(PassPage page, CancellationToken cancellationToken)
    {
        var text = await texts.ReadAsync(page, cancellationToken).ConfigureAwait(false);
        var summary = (await models.ChatAsync(options.SummaryModel, PassPrompts.System, PassPrompts.Summary(page.Url, text), cancellationToken).ConfigureAwait(false)).Trim();
        if (summary.Length == 0) throw new PassOutputException($"'{options.SummaryModel}' answered an empty summary");
        page.Summary = summary;
        CrawlerDiagnostics.Summaries.Add(1);
        return new BsonDocument("summary", new BsonDocument
        {
            { "text", summary }, { "model", options.SummaryModel }, { "version", PassPrompts.Version }, { "ts", time.GetUtcNow().UtcDateTime },
        });
    }
}
