using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server;

/// <summary>Says what is wrong with options, by property.</summary>
internal sealed class BrokerServerOptionsValidator : IValidateOptions<BrokerServerOptions>
{
    public ValidateOptionsResult Validate(string? name, BrokerServerOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(BrokerServerOptions options)
    {
        if (options.Token is { } token && string.IsNullOrWhiteSpace(token))
        {
            yield return $"{nameof(BrokerServerOptions)}.{nameof(options.Token)} is blank; leave it out or give it a value.";
        }

        (string Property, long Value)[] sizes =
        [
            (nameof(options.MaxFrameBytes), options.MaxFrameBytes),
            (nameof(options.MaxSubscriptions), options.MaxSubscriptions),
            (nameof(options.MaxWorkers), options.MaxWorkers),
            (nameof(options.MaxRequests), options.MaxRequests),
            (nameof(options.MaxQueuedPerAction), options.MaxQueuedPerAction),
            (nameof(options.MaxQueuedTasks), options.MaxQueuedTasks),
            (nameof(options.MaxQueues), options.MaxQueues),
            (nameof(options.MaxDeadLetters), options.MaxDeadLetters),
            (nameof(options.MaxQueuedTaskBytes), options.MaxQueuedTaskBytes),
            (nameof(options.MaxJournalBacklog), options.MaxJournalBacklog),
            (nameof(options.MaxTaskAttempts), options.MaxTaskAttempts),
            (nameof(options.MaxQueuedMessages), options.MaxQueuedMessages),
            (nameof(options.MaxQueuedReplies), options.MaxQueuedReplies),
            (nameof(options.MaxQueuedBytes), options.MaxQueuedBytes),
        ];
        foreach (var (property, value) in sizes)
        {
            if (value < 1)
            {
                yield return $"{nameof(BrokerServerOptions)}.{property} must be at least 1, not {value}.";
            }
        }

        (string Property, TimeSpan Value)[] durations =
        [
            (nameof(options.KeepAliveInterval), options.KeepAliveInterval),
            (nameof(options.KeepAliveTimeout), options.KeepAliveTimeout),
            (nameof(options.DrainTimeout), options.DrainTimeout),
            (nameof(options.JournalTimeout), options.JournalTimeout),
            (nameof(options.DedupeWindow), options.DedupeWindow),
        ];
        foreach (var (property, value) in durations)
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"{nameof(BrokerServerOptions)}.{property} must be more than zero and at most a day, not {value}.";
            }
        }
    }
}
