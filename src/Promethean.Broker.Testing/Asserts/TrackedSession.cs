namespace Promethean.Broker.Testing;

/// <summary>A stretch of a broker's life that a test looks at: from <see cref="InMemoryBrokerAsserts.Track"/> on.</summary>
/// <remarks><see cref="QuietAsync"/> ends when no work is in flight, by counting it and not by a timer; the expectations then answer at
/// once, the negative ones too.</remarks>
public sealed class TrackedSession
{
    private readonly InMemoryBroker _broker;
    private readonly LogAsserts _asserts;

    internal TrackedSession(InMemoryBroker broker)
    {
        _broker = broker;
        _asserts = new(broker, broker.LastSequence);
    }

    /// <summary>What has happened since the session began.</summary>
    public IReadOnlyList<BrokerLogEntry> Entries => _asserts.Entries;

    /// <summary>Waits until nothing is in flight; see <see cref="InMemoryBroker.QuietAsync"/>.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask QuietAsync(CancellationToken cancellationToken = default) => _broker.QuietAsync(cancellationToken);

    /// <summary>Messages published since the session began.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    public IReadOnlyList<BrokerMessage> Published(string pattern = ">") => _asserts.Messages(BrokerLogKind.Published, pattern);

    /// <summary>Messages delivered since the session began, once per subscription.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    public IReadOnlyList<BrokerMessage> Delivered(string pattern = ">") => _asserts.Messages(BrokerLogKind.Delivered, pattern);

    /// <summary>Expects an exact number of deliveries; see <see cref="InMemoryBrokerAsserts.ExpectDelivered"/>.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="times">How many; zero for none.</param>
    /// <param name="where">Which of them count.</param>
    /// <param name="to">The name of the client they went to.</param>
    public IReadOnlyList<BrokerMessage> ExpectDelivered(string pattern, int times = 1, Func<BrokerMessage, bool>? where = null, string? to = null) =>
        _asserts.ExpectDelivered(pattern, times, where, to);

    /// <summary>Expects that nothing was published since the session began but to these topics.</summary>
    /// <param name="patterns">Topics or patterns; none for nothing at all.</param>
    public void ExpectNoOtherMessages(params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        _asserts.ExpectNoOtherMessages(patterns);
    }

    /// <summary>Expects that no handler has thrown since the session began.</summary>
    public void ExpectNoErrors() => _asserts.ExpectNoErrors();
}
