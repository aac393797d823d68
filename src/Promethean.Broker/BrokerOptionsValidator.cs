using Microsoft.Extensions.Options;

namespace Promethean.Broker;

/// <summary>Says what is wrong with options, by property.</summary>
internal sealed class BrokerOptionsValidator : IValidateOptions<BrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, BrokerOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    public static void ThrowIfInvalid(BrokerOptions options)
    {
        var problems = Problems(options).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }
    }

    private static IEnumerable<string> Problems(BrokerOptions options)
    {
        if (options.Url is not { IsAbsoluteUri: true, Scheme: "ws" or "wss" })
        {
            yield return $"{nameof(BrokerOptions)}.{nameof(options.Url)} must be an absolute ws or wss address, not '{options.Url}'.";
        }

        foreach (var (url, index) in options.FallbackUrls.Select((url, index) => (url, index)))
        {
            if (url is not { IsAbsoluteUri: true, Scheme: "ws" or "wss" })
            {
                yield return $"{nameof(BrokerOptions)}.{nameof(options.FallbackUrls)}[{index}] must be an absolute ws or wss address, not '{url}'.";
            }
        }

        foreach (var (property, value) in Durations(options))
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"{nameof(BrokerOptions)}.{property} must be more than zero and at most a day, not {value}.";
            }
        }

        foreach (var (property, value) in Sizes(options))
        {
            if (value < 1)
            {
                yield return $"{nameof(BrokerOptions)}.{property} must be at least 1, not {value}.";
            }
        }

        if (options.DisconnectedTimeout < TimeSpan.Zero)
        {
            yield return $"{nameof(BrokerOptions)}.{nameof(options.DisconnectedTimeout)} must not be negative.";
        }

        if (options.MaxReconnectDelay < options.ReconnectDelay)
        {
            yield return $"{nameof(BrokerOptions)}.{nameof(options.MaxReconnectDelay)} must not be less than {nameof(options.ReconnectDelay)}.";
        }
    }

    private static IEnumerable<(string Property, TimeSpan Value)> Durations(BrokerOptions options) =>
    [
        (nameof(options.ReconnectDelay), options.ReconnectDelay),
        (nameof(options.MaxReconnectDelay), options.MaxReconnectDelay),
        (nameof(options.ConnectTimeout), options.ConnectTimeout),
        (nameof(options.RequestTimeout), options.RequestTimeout),
        (nameof(options.KeepAliveInterval), options.KeepAliveInterval),
        (nameof(options.KeepAliveTimeout), options.KeepAliveTimeout),
    ];

    private static IEnumerable<(string Property, int Value)> Sizes(BrokerOptions options) =>
    [
        (nameof(options.MaxFrameBytes), options.MaxFrameBytes),
        (nameof(options.MaxSentFrameBytes), options.MaxSentFrameBytes),
        (nameof(options.SendQueueCapacity), options.SendQueueCapacity),
        (nameof(options.MaxPendingReplies), options.MaxPendingReplies),
    ];
}
