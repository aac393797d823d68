using System.Globalization;

namespace Promethean.Crawler;

/// <summary>Reads a crawler's settings from environment variables. What is not set, or empty, leaves the default.</summary>
/// <remarks>
/// <c>SEEDS</c>, <c>MAX_PAGES</c>, <c>MAX_DEPTH</c> make a request; <c>USER_AGENT</c>, <c>TIMEOUT_MS</c> the fetching;
/// <c>GLOBAL_QPS</c>, <c>PER_HOST_CONCURRENCY</c>, <c>ALLOW_DOMAINS</c>, <c>DENY_PATTERNS</c>, <c>CRAWL_CACHE_TTL_H</c>,
/// <c>SUMMARY_MODEL</c>, <c>TAGGER_MODEL</c>, <c>EMBED_MODEL</c>, <c>EMBED_DIM</c> the options. Lists are separated by commas.
/// A value that cannot be read is a <see cref="FormatException"/> that names the variable.
/// </remarks>
public static class CrawlerEnvironment
{
    /// <summary>Sets the options that variables name.</summary>
    /// <param name="options">The options to change.</param>
    /// <param name="read">Reads a variable. Default: the process's environment.</param>
    /// <exception cref="FormatException">A variable has a value that cannot be read.</exception>
    public static void Apply(CrawlerOptions options, Func<string, string?>? read = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var variables = new Variables(read);
        options.GlobalRequestsPerSecond = variables.Number("GLOBAL_QPS", above: 0) ?? options.GlobalRequestsPerSecond;
        options.AllowDomains = variables.List("ALLOW_DOMAINS") ?? options.AllowDomains;
        options.SummaryModel = variables.Text("SUMMARY_MODEL") ?? options.SummaryModel;
        options.TaggerModel = variables.Text("TAGGER_MODEL") ?? options.TaggerModel;
        options.EmbedModel = variables.Text("EMBED_MODEL") ?? options.EmbedModel;
        options.EmbedDimension = variables.Whole("EMBED_DIM", least: 1) ?? options.EmbedDimension;
        if (variables.Number("CRAWL_CACHE_TTL_H", above: null) is { } hours) options.RevisitAfter = TimeSpan.FromHours(hours);
        if (variables.List("DENY_PATTERNS") is { } patterns)
            options.UrlPolicy = new CrawlUrlPolicy { DenyPatterns = [.. CrawlUrlPolicy.DefaultDenyPatterns, .. patterns] };
        if (variables.Whole("PER_HOST_CONCURRENCY", least: 1) is not (null or 1))
            throw Variables.Wrong("PER_HOST_CONCURRENCY", variables.Text("PER_HOST_CONCURRENCY")!, "1: this crawler never asks a host for two pages at once");
    }

    /// <summary>The fetch options that variables name.</summary>
    /// <param name="read">Reads a variable. Default: the process's environment.</param>
    /// <exception cref="FormatException">A variable has a value that cannot be read.</exception>
    public static FetchOptions ReadFetchOptions(Func<string, string?>? read = null)
    {
        var (variables, defaults) = (new Variables(read), new FetchOptions());
        var timeout = variables.Whole("TIMEOUT_MS", least: 1) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : defaults.HeaderTimeout;
        return new FetchOptions
        {
            UserAgent = variables.Text("USER_AGENT") ?? defaults.UserAgent,
            HeaderTimeout = timeout,
            TotalTimeout = timeout > defaults.TotalTimeout ? timeout : defaults.TotalTimeout,
        };
    }

    /// <summary><c>SEEDS</c>; empty when not set.</summary>
    /// <param name="read">Reads a variable. Default: the process's environment.</param>
    public static IReadOnlyList<string> ReadSeeds(Func<string, string?>? read = null) => new Variables(read).List("SEEDS") ?? [];

    /// <summary><c>MAX_PAGES</c>; null when not set.</summary>
    /// <param name="read">Reads a variable. Default: the process's environment.</param>
    /// <exception cref="FormatException">It is no whole number from 1.</exception>
    public static int? ReadMaxPages(Func<string, string?>? read = null) => new Variables(read).Whole("MAX_PAGES", least: 1);

    /// <summary><c>MAX_DEPTH</c>; null when not set.</summary>
    /// <param name="read">Reads a variable. Default: the process's environment.</param>
    /// <exception cref="FormatException">It is no whole number from 0.</exception>
    public static int? ReadMaxDepth(Func<string, string?>? read = null) => new Variables(read).Whole("MAX_DEPTH", least: 0);

    private readonly struct Variables(Func<string, string?>? read)
    {
        private readonly Func<string, string?> _read = read ?? Environment.GetEnvironmentVariable;

        public static FormatException Wrong(string name, string value, string takes) => new($"{name} is '{value}'; it takes {takes}.");

        public string? Text(string name) => _read(name)?.Trim() is { Length: > 0 } text ? text : null;

        public string[]? List(string name) =>
            Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public int? Whole(string name, int least)
        {
            if (Text(name) is not { } text) return null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
                ? value
                : throw Wrong(name, text, $"a whole number from {least}");
        }

        public double? Number(string name, double? above)
        {
            if (Text(name) is not { } text) return null;
            return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 1e6 && (above is null || value > above)
                ? value
                : throw Wrong(name, text, above is null ? "a number from 0 to 1000000" : $"a number above {above} and at most 1000000");
        }
    }
}
