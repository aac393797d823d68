using Microsoft.Extensions.Options;

namespace Promethean.Crawler;

/// <summary>Says everything that is wrong with the options at once.</summary>
internal sealed class CrawlerOptionsValidator : IValidateOptions<CrawlerOptions>
{
    public ValidateOptionsResult Validate(string? name, CrawlerOptions options)
    {
        var errors = new List<string>();
        Check(options.UrlPolicy is not null, nameof(options.UrlPolicy), "be given");
        Check(options.DeniedTags is not null, nameof(options.DeniedTags), "be given");
        Check(options.AllowDomains is not null && options.AllowDomains.All(domain => Uri.CheckHostName(domain) != UriHostNameType.Unknown),
            nameof(options.AllowDomains), "hold host names only");
        AtLeastOne(options.MaxConcurrency, nameof(options.MaxConcurrency));
        AtLeastOne(options.MaxTries, nameof(options.MaxTries));
        AtLeastOne(options.MaxHostFailures, nameof(options.MaxHostFailures));
        AtLeastOne(options.PassWorkers, nameof(options.PassWorkers));
        AtLeastOne(options.PassMaxTries, nameof(options.PassMaxTries));
        AtLeastOne(options.EmbedDimension, nameof(options.EmbedDimension));
        AtLeastOne(options.TextHead, nameof(options.TextHead));
        Check(options.TextTail >= 0, nameof(options.TextTail), "not be negative");
        Check(options.ExcerptLength >= 0, nameof(options.ExcerptLength), "not be negative");
        Check(options.HostDelay >= TimeSpan.Zero, nameof(options.HostDelay), "not be negative");
        Check(options.RevisitAfter >= TimeSpan.Zero, nameof(options.RevisitAfter), "not be negative");
        Check(options.RetryDelay > TimeSpan.Zero, nameof(options.RetryDelay), "be longer than zero");
        Check(options.MaxRetryDelay >= options.RetryDelay, nameof(options.MaxRetryDelay), $"be at least {nameof(options.RetryDelay)}");
        Check(options.MaxRetryAfter >= TimeSpan.Zero, nameof(options.MaxRetryAfter), "not be negative");
        Check(options.PassRetryDelay > TimeSpan.Zero, nameof(options.PassRetryDelay), "be longer than zero");
        Check(options.PassMaxRetryDelay >= options.PassRetryDelay, nameof(options.PassMaxRetryDelay), $"be at least {nameof(options.PassRetryDelay)}");
        Check(options.PassTimeout > TimeSpan.Zero, nameof(options.PassTimeout), "be longer than zero");
        Check(options.GlobalRequestsPerSecond is null or (> 0 and <= 1e6), nameof(options.GlobalRequestsPerSecond), "lie above 0 and at most at 1,000,000");
        Check(!string.IsNullOrWhiteSpace(options.SummaryModel), nameof(options.SummaryModel), "name a model");
        Check(!string.IsNullOrWhiteSpace(options.TaggerModel), nameof(options.TaggerModel), "name a model");
        Check(!string.IsNullOrWhiteSpace(options.EmbedModel), nameof(options.EmbedModel), "name a model");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string option, string must)
        {
            if (!holds) errors.Add($"{nameof(CrawlerOptions)}.{option} must {must}.");
        }

        void AtLeastOne(int value, string option) => Check(value >= 1, option, $"be at least 1, not {value}");
    }
}
