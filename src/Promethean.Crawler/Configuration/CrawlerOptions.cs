namespace Promethean.Crawler;

/// <summary>How a crawler behaves, whatever it is asked to crawl; checked when the host starts.</summary>
/// <remarks>What one run crawls stands in <see cref="CrawlRequest"/>; how one page is fetched, with the fetcher.</remarks>
public sealed class CrawlerOptions
{
    /// <summary>Which URLs are refused, and which count as one page. Default: <see cref="CrawlUrlPolicy.Default"/>.</summary>
    public CrawlUrlPolicy UrlPolicy { get; set; } = CrawlUrlPolicy.Default;

    /// <summary>Domains crawled, subdomains included, besides the hosts of the seeds. Default: none.</summary>
    public IReadOnlyList<string> AllowDomains { get; set; } = [];

    /// <summary>Pages fetched at the same time over all hosts; one host is never asked for two at once. Default: 16.</summary>
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>The least time between the end of a fetch and the next from the same host; a longer <c>Crawl-delay</c> wins.
    /// Default: 1 s.</summary>
    public TimeSpan HostDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most fetches a second over all hosts; null for no such limit. Default: null.</summary>
    public double? GlobalRequestsPerSecond { get; set; }

    /// <summary>How often a URL is tried in one run before it counts as failed. Default: 4.</summary>
    public int MaxTries { get; set; } = 4;

    /// <summary>The delay before a URL's second try; it doubles with each further one. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two tries. Default: 1 minute.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a host that asks for more is asked again after this. Default: 10 minutes.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After how many failures in a row a host is given up for the rest of the run. Default: 12.</summary>
    public int MaxHostFailures { get; set; } = 12;

    /// <summary>How long a page counts as fresh, so that a new run does not ask for it. Default: zero, which asks for every known
    /// page anew, by conditional requests.</summary>
    public TimeSpan RevisitAfter { get; set; }

    /// <summary>The model that summarises. Default: <c>extractive-summary</c>.</summary>
    public string SummaryModel { get; set; } = "extractive-summary";

    /// <summary>The model that tags. Default: <c>keyphrase-tags</c>.</summary>
    public string TaggerModel { get; set; } = "keyphrase-tags";

    /// <summary>The model that embeds summaries and queries. Default: <c>lexical-hash-384</c>.</summary>
    public string EmbedModel { get; set; } = "lexical-hash-384";

    /// <summary>How many numbers an embedding has. Default: 384.</summary>
    public int EmbedDimension { get; set; } = 384;

    /// <summary>Pages that pass through the models at the same time. Default: 4.</summary>
    public int PassWorkers { get; set; } = 4;

    /// <summary>How often one pass of a page is tried before its error is recorded on the page. Waiting for a broker that is away
    /// counts as no try. Default: 5.</summary>
    public int PassMaxTries { get; set; } = 5;

    /// <summary>The delay before a pass's second try; it doubles with each further one. Default: 1 s.</summary>
    public TimeSpan PassRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay between two tries of a pass. Default: 1 minute.</summary>
    public TimeSpan PassMaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one request to a model may take. Default: 2 minutes.</summary>
    public TimeSpan PassTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How many characters from the start of a long page's text the models see. Default: 6,000.</summary>
    public int TextHead { get; set; } = 6000;

    /// <summary>How many characters from the end of a long page's text the models see. Default: 2,000.</summary>
    public int TextTail { get; set; } = 2000;

    /// <summary>How many characters of a page's text its document shows. Default: 500.</summary>
    public int ExcerptLength { get; set; } = 500;

    /// <summary>Tags that say nothing about a page, without <c>#</c>. Default: <see cref="DefaultDeniedTags"/>.</summary>
    public IReadOnlySet<string> DeniedTags { get; set; } = DefaultDeniedTags;

    /// <summary>Words of navigation and of this very task, which models take for topics.</summary>
    public static IReadOnlySet<string> DefaultDeniedTags { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "login", "logout", "signin", "signup", "home", "homepage", "page", "webpage", "website", "site", "menu", "navigation",
        "search", "contact", "about", "cookie", "cookies", "privacy", "terms", "copyright", "next", "previous", "read-more",
        "click-here", "tag", "tags", "summary", "untitled", "http", "https", "html", "www",
    };
}
