using MongoDB.Bson;

namespace Promethean.Crawler;

/// <summary>The second pass, of its own prompt and model: 3 to 12 tags. A page without them is still worth finding.</summary>
internal sealed class TagPass(ModelClient models, PageTexts texts, CrawlerOptions options) : IPagePass
{
    public string Stage => PassStage.Tags;

    public string? Next => PassStage.Index;

    public bool IsOptional => true;

    public async Task<BsonDocument> RunAsync(PassPage page, CancellationToken cancellationToken)
    {
        var text = await texts.ReadAsync(page, cancellationToken).ConfigureAwait(false);
        var answer = await models.ChatAsync(options.TaggerModel, PassPrompts.System, PassPrompts.Tags(page.Url, text), cancellationToken).ConfigureAwait(false);
        var tags = TagList.Parse(answer, options.DeniedTags);
        if (tags.Count < TagList.Fewest)
            throw new PassOutputException($"'{options.TaggerModel}' answered {tags.Count} usable tags where {TagList.Fewest} to {TagList.Most} were asked for");
        page.Tags = tags;
        CrawlerDiagnostics.Taggings.Add(1);
        return new BsonDocument { { "tags", new BsonArray(tags) }, { "meta.tags_model", options.TaggerModel } };
    }
}
