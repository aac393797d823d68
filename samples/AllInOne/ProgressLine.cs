using Promethean.Crawler;

namespace AllInOne;

/// <summary>Shows where a crawl stands: one line that is rewritten on a terminal, a line now and then elsewhere.</summary>
internal sealed class ProgressLine(WebCrawler crawler, TimeProvider time)
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;

    /// <summary>Shows until cancelled.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_isTerminal ? 0.5 : 10), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Write();
            }
        }
        catch (OperationCanceledException)
        {
            if (_isTerminal)
            {
                await Console.Error.WriteLineAsync();
            }
        }
    }

    private void Write()
    {
        var now = crawler.Progress;
        var line = $"{now.State}: {now.Pages}/{now.MaxPages} pages, {now.Queued} queued, {now.Summarised} summarised, {now.Tagged} tagged, {now.Indexed} indexed, {now.Failed} failed, {now.Elapsed.TotalSeconds:F0} s"
            + (now.LastPassError is { } error ? $" ({error})" : "");
        Console.Error.Write(_isTerminal ? $"\r\u001b[K{line[..Math.Min(line.Length, Math.Max(Console.WindowWidth - 1, 40))]}" : line + Environment.NewLine);
    }
}
