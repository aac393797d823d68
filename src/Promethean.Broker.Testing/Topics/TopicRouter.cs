using System.Collections.Immutable;
using System.Globalization;

namespace Promethean.Broker.Testing;

/// <summary>Gives each published message to the subscriptions whose pattern takes it.</summary>
internal sealed class TopicRouter(Lock gate, Journal journal, TimeProvider time)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = ImmutableDictionary<string, string>.Empty;

    private ImmutableArray<MemorySubscription> _subscriptions = [];
    private long _messages;

    public Lock Gate => gate;

    public Journal Journal => journal;

    public void Add(MemorySubscription subscription)
    {
        lock (gate)
        {
            subscription.Client.ThrowIfDisposed();
            _subscriptions = _subscriptions.Add(subscription);
        }
    }

    /// <summary>Forgets a subscription that has ended. Called under the gate.</summary>
    public void Remove(MemorySubscription subscription) => _subscriptions = _subscriptions.Remove(subscription);

    public IReadOnlyList<MemorySubscription> SubscriptionsOf(InMemoryBrokerClient client)
    {
        lock (gate)
        {
            return [.. _subscriptions.Where(subscription => subscription.Client == client)];
        }
    }

    /// <summary>Accepts a message into every buffer at once, so that all subscribers agree on the order, then lends its thread
    /// to the handlers.</summary>
    public void Publish(string topic, JsonPayload payload, IReadOnlyDictionary<string, string> headers)
    {
        ImmutableArray<MemorySubscription> subscriptions;
        lock (gate)
        {
            subscriptions = _subscriptions;
            var id = string.Create(CultureInfo.InvariantCulture, $"m{++_messages}");
            journal.Record(BrokerLogKind.Published, topic, id);
            // The publisher may change its dictionary afterwards; on a wire it could not.
            var message = new BrokerMessage(id, topic, time.GetUtcNow(), payload, headers.Count == 0 ? NoHeaders : headers.ToImmutableDictionary());
            var heard = false;
            foreach (var subscription in subscriptions)
            {
                if (subscription.Takes(topic))
                {
                    heard = true;
                    subscription.Accept(message);
                }
            }

            if (!heard)
            {
                journal.Record(BrokerLogKind.Unheard, topic, id);
            }
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Deliver();
        }
    }

    public void RecordHandlerError(string pattern, string? messageId, Exception error)
    {
        lock (gate)
        {
            journal.Record(BrokerLogKind.HandlerFailed, pattern, messageId, error);
        }
    }
}
