using Microsoft.Extensions.Logging;
using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>Crawls: from seeds to pages and edges in MongoDB, through summary, tags and embedding, to vectors that can be searched.</summary>
/// <remarks>
/// <para>Everything that is due stands in the store: where a process is killed, the next <see cref="RunAsync"/> continues the same
/// run. A run after a finished one asks for all known pages of its seeds' hosts again, by conditional requests. One crawler works
/// on a database at a time.</para>
/// <para>Members may be called from any thread; one run at a time. Get it from <see cref="CrawlerServiceCollectionExtensions.AddCrawler"/>.</para>
/// </remarks>
public sealed class WebCrawler
{
    private readonly CrawlStoresProvider _provider;
    private readonly IPageFetcher _fetcher;
    private readonly IRobotsPolicy _robots;
    private readonly HtmlPageParser _parser;
    private readonly ModelClient _models;
    private readonly CrawlerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PauseSwitch _pause = new();
    private CrawlSession? _session;
    private int _running;
    private CrawlState _state;
    private long _started;
    private TimeSpan _elapsed;

    internal WebCrawler(
        CrawlStoresProvider provider, IPageFetcher fetcher, IRobotsPolicy robots, HtmlPageParser parser, ModelClient models, CrawlerOptions options, TimeProvider time, ILogger<WebCrawler> logger)
    {
        _provider = provider;
        _fetcher = fetcher;
        _robots = robots;
        _parser = parser;
        _models = models;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Where the crawler stands now: a snapshot, made anew each time.</summary>
    public CrawlProgress Progress
    {
        get
        {
            var (session, state) = (Volatile.Read(ref _session), _state);
            if (session is null) return new CrawlProgress { State = state };
            var counters = session.Counters;
            return new CrawlProgress
            {
                State = state is CrawlState.Crawling && _pause.IsPaused ? CrawlState.Paused : state,
                Run = session.Run.Number,
                Pages = session.Budget.Used,
                MaxPages = session.Run.MaxPages,
                Queued = counters.Queued,
                InFlight = counters.InFlight,
                Fetched = counters.Fetched,
                NotModified = counters.NotModified,
                Failed = counters.Failed,
                Blocked = counters.Blocked,
                BytesDownloaded = counters.Bytes,
                Summarised = counters.Summarised,
                Tagged = counters.Tagged,
                Indexed = counters.Indexed,
                PassesWaiting = counters.PassesWaiting,
                LastPassError = counters.LastPassError,
                Elapsed = state is CrawlState.Idle ? _elapsed : _time.GetElapsedTime(_started),
            };
        }
    }

    /// <summary>Lets no further fetch begin until <see cref="Resume"/>; those under way and the models' passes go on. A run may be
    /// paused before it begins.</summary>
    public void Pause() => _pause.Pause();

    /// <summary>Lets fetches begin again.</summary>
    public void Resume() => _pause.Resume();

    /// <summary>Crawls until the run has its pages or nothing more is to be had, and all passes are done.</summary>
    /// <param name="request">What to crawl. A run that was interrupted goes on with these limits, and these seeds besides its own.</param>
    /// <param name="cancellationToken">Interrupts the run; the next one continues it.</param>
    /// <returns>Totals of the stores at the end.</returns>
    /// <exception cref="ArgumentException">The request has no seed, or a limit out of range.</exception>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="CrawlFailedException">A seed is no URL to crawl, or no seed can be had: before anything was written where that shows at once.</exception>
    /// <exception cref="EmbeddingSpecMismatchException">The vectors are of another model or dimension; nothing was written or fetched.</exception>
    public async Task<CrawlReport> RunAsync(CrawlRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Seeds is not { Count: > 0 }) throw new ArgumentException("A crawl needs at least one seed.", nameof(request));
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxPages, 1, nameof(request.MaxPages));
        ArgumentOutOfRangeException.ThrowIfNegative(request.MaxDepth, nameof(request.MaxDepth));
        if (Interlocked.Exchange(ref _running, 1) == 1) throw new InvalidOperationException("This crawler is already running; wait for its run, or cancel it.");
        _started = _time.GetTimestamp();
        _state = CrawlState.Starting;
        try
        {
            return await StartAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _elapsed = _time.GetElapsedTime(_started);
            _state = CrawlState.Idle;
            Volatile.Write(ref _running, 0);
        }
    }

    private async Task<CrawlReport> StartAsync(CrawlRequest request, CancellationToken cancellationToken)
    {
        var check = new SeedCheck(_robots, _options.UrlPolicy);
        var seeds = check.Read(request.Seeds);
        var stores = await _provider.GetAsync(cancellationToken).ConfigureAwait(false);
        var knocked = await check.KnockAsync(seeds, cancellationToken).ConfigureAwait(false);

        var index = new IndexPass(_models, stores.Sink, _options);
        await ReconcileAsync(stores, index, cancellationToken).ConfigureAwait(false);
        await stores.LoadAliasesAsync(cancellationToken).ConfigureAwait(false);
        var run = await stores.Runs.BeginAsync(request, seeds, cancellationToken).ConfigureAwait(false);
        if (run.Resumed) Log.RunGoesOn(_logger, run.Number, run.Pages, run.MaxPages);
        else Log.RunBegins(_logger, run.Number, seeds.Count, run.MaxPages, run.MaxDepth);

        var session = new CrawlSession(run, stores, _options, _time, new CrawlCounters());
        session.Counters.AddQueued(await stores.Frontier.CountQueuedAsync(run.Number, cancellationToken).ConfigureAwait(false));
        session.Counters.AddPasses(await stores.Passes.CountAsync(cancellationToken).ConfigureAwait(false));
        Volatile.Write(ref _session, session);
        var texts = new PageTexts(stores.Pages, _options);
        IPagePass[] passes = [new SummaryPass(_models, texts, _options, _time), new TagPass(_models, texts, _options), index];
        await WorkAsync(session, new PassRunner(stores.Passes, passes, _models, _options, session.Counters, _time, _logger), cancellationToken).ConfigureAwait(false);
        return await EndAsync(session, seeds, knocked, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReconcileAsync(CrawlStores stores, IndexPass index, CancellationToken cancellationToken)
    {
        var report = await stores.Sink.ReconcileAsync(
            async (page, token) => page.Part("summary")?.Text("text") is null ? null : await index.ProjectAsync(PassPage.ReadIndexed(page), token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (report.Repaired + report.Deleted + report.Failed > 0) Log.Reconciled(_logger, report.Checked, report.Repaired, report.Deleted, report.Failed);
    }

    private async Task WorkAsync(CrawlSession session, PassRunner passes, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var outcomes = new UrlOutcomes(session, _logger);
        using var processor = new PageProcessor(session, outcomes, _parser, passes, _logger);
        var visits = new HostVisit(session, _fetcher, _robots, processor, outcomes, new RequestRate(_options.GlobalRequestsPerSecond, _time), _logger);
        _state = CrawlState.Crawling;
        var crawling = CrawlAsync(new CrawlDispatcher(session, visits, _pause), stop);
        var passing = StopOnFailureAsync(passes.RunAsync(crawling, stop.Token), stop);
        try
        {
            await crawling.ConfigureAwait(false);
        }
        finally
        {
            await passing.ConfigureAwait(false);
        }
    }

    private async Task CrawlAsync(CrawlDispatcher dispatcher, CancellationTokenSource stop)
    {
        await StopOnFailureAsync(dispatcher.RunAsync(stop.Token), stop).ConfigureAwait(false);
        _state = CrawlState.Finishing;
    }

    private async Task<CrawlReport> EndAsync(CrawlSession session, IReadOnlyList<CrawlUrl> seeds, IReadOnlyDictionary<string, FailedSeed> knocked, CancellationToken cancellationToken)
    {
        var (run, stores) = (session.Run, session.Stores);
        await stores.ResolveAliasesAsync(run.Number, cancellationToken).ConfigureAwait(false);
        var failed = await SeedCheck.FindFailedAsync(seeds, knocked, stores.Frontier, cancellationToken).ConfigureAwait(false);
        var report = await stores.ReportAsync(run, session.Counters, _time.GetElapsedTime(_started), failed, cancellationToken).ConfigureAwait(false);
        var barren = failed.Count == seeds.DistinctBy(seed => seed.Id).Count();
        await stores.Runs.EndAsync(run, barren ? "failed" : "done", cancellationToken).ConfigureAwait(false);
        Log.RunOver(_logger, run.Number, report.Pages, report.Edges, report.Vectors, report.Failed, report.Elapsed.TotalSeconds);
        return barren ? throw new CrawlFailedException(failed) : report;
    }

    private static async Task StopOnFailureAsync(Task work, CancellationTokenSource stop)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
