namespace Promethean.Broker.Testing;

/// <summary>The expectations of a stretch of a broker's log.</summary>
internal sealed class LogAsserts(InMemoryBroker broker, long from)
{
    /// <summary>The entries of the stretch.</summary>
    /// <exception cref="BrokerAssertionException">Some are no longer kept, so nothing can be said of it.</exception>
    public IReadOnlyList<BrokerLogEntry> Entries
    {
        get
        {
            var log = broker.Log;
            if (log.Count > 0 && log[0].Sequence > from + 1)
            {
                throw broker.Failure($"The log no longer holds all entries since {from + 1}: raise InMemoryBrokerOptions.LogCapacity above {broker.Options.LogCapacity}.");
            }

            return from == 0 ? log : [.. log.SkipWhile(entry => entry.Sequence <= from)];
        }
    }

    public IReadOnlyList<BrokerMessage> Messages(BrokerLogKind kind, string pattern, string? client = null)
    {
        if (!BrokerTopic.IsValidPattern(pattern))
        {
            throw new ArgumentException($"'{pattern}' is not a topic or pattern: '*' stands for a segment, a last '>' for one or more.", nameof(pattern));
        }

        return
        [
            .. Entries.Where(entry => entry.Kind == kind && entry.Message is not null && (client is null || entry.Client == client))
                .Select(entry => entry.Message!)
                .Where(message => BrokerTopic.Matches(pattern, message.Topic)),
        ];
    }

    public IReadOnlyList<BrokerMessage> ExpectDelivered(string pattern, int times, Func<BrokerMessage, bool>? where, string? to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        IReadOnlyList<BrokerMessage> matching = [.. Messages(BrokerLogKind.Delivered, pattern, to).Where(message => where?.Invoke(message) != false)];
        if (matching.Count != times)
        {
            throw broker.Failure(
                $"Expected {times} delivery(ies) of '{pattern}'{(to is null ? "" : $" to {to}")}{(where is null ? "" : " that the condition takes")}, but there were {matching.Count}.");
        }

        return matching;
    }

    public void ExpectNoOtherMessages(IReadOnlyCollection<string> patterns)
    {
        var others = Entries.Where(entry => entry.Kind == BrokerLogKind.Published && !patterns.Any(pattern => BrokerTopic.Matches(pattern, entry.Subject))).ToList();
        if (others.Count > 0)
        {
            throw broker.Failure(
                $"Expected no messages but those to [{string.Join(", ", patterns)}], but there were {others.Count} to [{string.Join(", ", others.Select(entry => entry.Subject).Distinct())}].");
        }
    }

    public void ExpectNoErrors()
    {
        var errors = Entries.Where(entry => entry.Kind == BrokerLogKind.HandlerFailed).ToList();
        if (errors.Count > 0)
        {
            throw broker.Failure($"Expected no handler to throw, but {errors.Count} did; the first: {errors[0].Error}", errors[0].Error);
        }
    }
}
