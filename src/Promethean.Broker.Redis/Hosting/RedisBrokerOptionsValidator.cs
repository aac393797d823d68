using Microsoft.Extensions.Options;

namespace Promethean.Broker.Redis;

/// <summary>Says what is wrong with options, by property, and never what the configuration string holds.</summary>
internal sealed class RedisBrokerOptionsValidator : IValidateOptions<RedisBrokerOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisBrokerOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    public static void ThrowIfInvalid(RedisBrokerOptions options)
    {
        var problems = Problems(options).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }
    }

    private static IEnumerable<string> Problems(RedisBrokerOptions options)
    {
        if (options.Multiplexer is null && RedisAddress.Problem(options.Configuration) is { } problem)
        {
            yield return $"{Name(nameof(options.Configuration))} {problem}";
        }

        if (options.Prefix is not { Length: > 0 and <= 128 } || options.Prefix.AsSpan().ContainsAny('{', '}') || options.Prefix.Any(c => char.IsControl(c) || c == ' '))
        {
            yield return $"{Name(nameof(options.Prefix))} has 1 to 128 characters, none of them a brace, a space or a control character.";
        }

        if (options.Database is < 0)
        {
            yield return $"{Name(nameof(options.Database))} must not be negative, not {options.Database}.";
        }

        foreach (var (property, value) in Durations(options))
        {
            if (value < TimeSpan.FromMilliseconds(1) || value > TimeSpan.FromDays(1))
            {
                yield return $"{Name(property)} must be at least a millisecond and at most a day, not {value}.";
            }
        }

        foreach (var (property, value) in Sizes(options))
        {
            if (value < 1)
            {
                yield return $"{Name(property)} must be at least 1, not {value}.";
            }
        }

        if (options.DisconnectedTimeout < TimeSpan.Zero)
        {
            yield return $"{Name(nameof(options.DisconnectedTimeout))} must not be negative.";
        }

        if (options.PresenceTimeout <= options.PresenceInterval * 2)
        {
            yield return $"{Name(nameof(options.PresenceTimeout))} must be more than twice {nameof(options.PresenceInterval)}, so that one lost sign of life is forgiven.";
        }
    }

    private static string Name(string property) => $"{nameof(RedisBrokerOptions)}.{property}";

    private static IEnumerable<(string Property, TimeSpan Value)> Durations(RedisBrokerOptions options) =>
    [
        (nameof(options.RequestTimeout), options.RequestTimeout),
        (nameof(options.CallTimeout), options.CallTimeout),
        (nameof(options.ReconnectDelay), options.ReconnectDelay),
        (nameof(options.PresenceInterval), options.PresenceInterval),
        (nameof(options.PresenceTimeout), options.PresenceTimeout),
        (nameof(options.DedupeWindow), options.DedupeWindow),
    ];

    private static IEnumerable<(string Property, int Value)> Sizes(RedisBrokerOptions options) =>
    [
        (nameof(options.MaxMessageBytes), options.MaxMessageBytes),
        (nameof(options.MaxPendingReplies), options.MaxPendingReplies),
        (nameof(options.MaxQueuedRequests), options.MaxQueuedRequests),
        (nameof(options.MaxQueuedTasks), options.MaxQueuedTasks),
        (nameof(options.MaxTaskAttempts), options.MaxTaskAttempts),
    ];
}
