namespace Promethean.Broker.Testing;

/// <summary>Expectations of what a broker has done so far. None of them waits, but for the two that say so; a failure shows the
/// seed and the timeline.</summary>
/// <remarks>Where handlers really wait, or deliveries are scheduled, call <see cref="InMemoryBroker.QuietAsync"/> first: what has not
/// happened then does not happen, so that a negative expectation is as sure as a positive one.</remarks>
public static class InMemoryBrokerAsserts
{
    /// <summary>Expects an exact number of deliveries.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="times">How many, over all subscriptions; zero for none.</param>
    /// <param name="where">Which of them count; all where left out.</param>
    /// <param name="to">The name of the client they went to; any where left out.</param>
    /// <returns>The messages, in the order of delivery.</returns>
    /// <exception cref="BrokerAssertionException">There were more or fewer.</exception>
    public static IReadOnlyList<BrokerMessage> ExpectDelivered(
        this InMemoryBroker broker, string pattern, int times = 1, Func<BrokerMessage, bool>? where = null, string? to = null)
    {
        ArgumentNullException.ThrowIfNull(broker);
        return new LogAsserts(broker, 0).ExpectDelivered(pattern, times, where, to);
    }

    /// <summary>Expects that nothing was published but to these topics.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="patterns">Topics or patterns; none for nothing at all.</param>
    /// <exception cref="BrokerAssertionException">Something was.</exception>
    public static void ExpectNoOtherMessages(this InMemoryBroker broker, params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(patterns);
        new LogAsserts(broker, 0).ExpectNoOtherMessages(patterns);
    }

    /// <summary>Expects that no handler of a subscription, worker or consumer has thrown.</summary>
    /// <param name="broker">The broker.</param>
    /// <exception cref="BrokerAssertionException">One has; it is the inner exception.</exception>
    public static void ExpectNoErrors(this InMemoryBroker broker)
    {
        ArgumentNullException.ThrowIfNull(broker);
        new LogAsserts(broker, 0).ExpectNoErrors();
    }

    /// <summary>Waits for the next message published from now on; call it before what publishes.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BrokerAssertionException">Nothing moved in the broker for <see cref="InMemoryBrokerOptions.HangGuard"/>.</exception>
    public static Task<BrokerMessage> NextMessageAsync(this InMemoryBroker broker, string pattern, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        // From here on, even where the wait begins later.
        return NextAsync(broker, new(broker, broker.LastSequence), pattern, cancellationToken);
    }

    /// <summary>Waits until the broker is quiet and gives what has been delivered of a topic, in order.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<IReadOnlyList<BrokerMessage>> DrainAsync(this InMemoryBroker broker, string pattern, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(broker);
        await broker.QuietAsync(cancellationToken).ConfigureAwait(false);
        return new LogAsserts(broker, 0).Messages(BrokerLogKind.Delivered, pattern);
    }

    /// <summary>Begins a session: expectations of what happens from now on.</summary>
    /// <param name="broker">The broker.</param>
    public static TrackedSession Track(this InMemoryBroker broker)
    {
        ArgumentNullException.ThrowIfNull(broker);
        return new(broker);
    }

    private static async Task<BrokerMessage> NextAsync(InMemoryBroker broker, LogAsserts since, string pattern, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = broker.Signal.NextAsync();
            if (since.Messages(BrokerLogKind.Published, pattern) is [var message, ..])
            {
                return message;
            }

            try
            {
                await next.WaitAsync(broker.GuardTime, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                throw broker.Failure($"Waited in vain for a message to '{pattern}': nothing moved for {broker.Options.HangGuard}.", e);
            }
        }
    }
}
