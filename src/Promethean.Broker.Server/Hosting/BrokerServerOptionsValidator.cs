using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server;

/// <summary>Says what is wrong with options, by property.</summary>
internal sealed class BrokerServerOptionsValidator : IValidateOptions<BrokerServerOptions>
{
    /// <summary>What others can reach must have no token that can be guessed; nor may one of several, wherever it is used.</summary>
    public const int MinTokenLength = 16;

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

        foreach (var problem in options.Tokens.SelectMany(Problems))
        {
            yield return problem;
        }

        if (options.Tokens.Select(one => one.Token).Append(options.Token).OfType<string>().GroupBy(one => one).Any(same => same.Count() > 1))
        {
            yield return $"{nameof(BrokerServerOptions)}.{nameof(options.Tokens)} has the same token twice; whose scopes would count?";
        }

        if (options.MaxFramesPerSecondPerOrg < 1)
        {
            yield return $"{nameof(BrokerServerOptions)}.{nameof(options.MaxFramesPerSecondPerOrg)} must be at least 1, not {options.MaxFramesPerSecondPerOrg}; leave it out for no limit.";
        }

        if (options.ResumeWindow < TimeSpan.Zero || options.ResumeWindow > TimeSpan.FromHours(1))
        {
            yield return $"{nameof(BrokerServerOptions)}.{nameof(options.ResumeWindow)} must be from zero to an hour, not {options.ResumeWindow}.";
        }

        (string Property, long Value)[] sizes =
        [
            (nameof(options.MaxFrameBytes), options.MaxFrameBytes),
            (nameof(options.MaxSubscriptions), options.MaxSubscriptions),
            (nameof(options.MaxWorkers), options.MaxWorkers),
            (nameof(options.MaxRequests), options.MaxRequests),
            (nameof(options.MaxConnectionsPerOrg), options.MaxConnectionsPerOrg),
            (nameof(options.MaxRequestsPerOrg), options.MaxRequestsPerOrg),
            (nameof(options.MaxDetachedSessions), options.MaxDetachedSessions),
            (nameof(options.MaxDetachedSessionsPerOrg), options.MaxDetachedSessionsPerOrg ?? 1),
            (nameof(options.MaxQueuedPerAction), options.MaxQueuedPerAction),
            (nameof(options.MaxQueuedPerActionPerOrg), options.MaxQueuedPerActionPerOrg ?? 1),
            (nameof(options.MaxQueuedRequestBytes), options.MaxQueuedRequestBytes),
            (nameof(options.MaxQueuedTasks), options.MaxQueuedTasks),
            (nameof(options.MaxQueues), options.MaxQueues),
            (nameof(options.MaxQueuesPerOrg), options.MaxQueuesPerOrg ?? 1),
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
            (nameof(options.MessageTimeout), options.MessageTimeout),
            (nameof(options.DrainTimeout), options.DrainTimeout),
            (nameof(options.JournalTimeout), options.JournalTimeout),
            (nameof(options.DedupeWindow), options.DedupeWindow),
            (nameof(options.BackplaneTimeout), options.BackplaneTimeout),
            (nameof(options.BackplaneGrace), options.BackplaneGrace),
        ];
        foreach (var (property, value) in durations)
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
            {
                yield return $"{nameof(BrokerServerOptions)}.{property} must be more than zero and at most a day, not {value}.";
            }
        }
    }

    private static IEnumerable<string> Problems(BrokerAccessToken token, int index)
    {
        var place = $"{nameof(BrokerServerOptions)}.{nameof(BrokerServerOptions.Tokens)}[{index}]";
        if (token.Token.Trim().Length < MinTokenLength)
        {
            // Never the token itself: messages end in logs.
            yield return $"{place}.{nameof(token.Token)} has fewer than {MinTokenLength} characters; take at least {MinTokenLength}, at random.";
        }

        foreach (var scope in token.Scopes.Where(scope => !ScopeSet.IsKnown(scope)))
        {
            yield return $"{place}.{nameof(token.Scopes)} has '{scope}', which is none of publish, subscribe, enqueue, consume, request, serve, metrics, "
                + "alone or followed by ':' and a pattern, nor '*'.";
        }
    }
}
