namespace Promethean.Crawler;

/// <summary>Gives the passes a page's text, cut to what the models see and read once.</summary>
internal sealed class PageTexts(PageStore pages, CrawlerOptions options)
{
    /// <exception cref="StaleWorkException">The page has another text by now; newer work is due for that.</exception>
    public async Task<string> ReadAsync(PassPage page, CancellationToken cancellationToken)
    {
        if (page.Text is { } known) return known;
        var text = await pages.ReadTextAsync(page.Id, page.ContentSha256, cancellationToken).ConfigureAwait(false) ?? throw new StaleWorkException();
        return page.Text = PassPrompts.Window(text, options.TextHead, options.TextTail);
    }
}
