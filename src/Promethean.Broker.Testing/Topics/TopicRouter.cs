using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Promethean.Broker.Testing;

/// <summary>Gives each published message to the subscriptions whose pattern takes it.</summary>
internal sealed class TopicRouter(Lock gate, Journal journal, TimeProvider time, FaultyNetwork network, WorkSignal signal, InMemoryBrokerOptions options)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = ImmutableDictionary<string, string>.Empty;

    private ImmutableArray<MemorySubscription> _subscriptions = [];
    private long _messages;

    public Lock Gate => gate;

    public Journal Journal => journal;

    public TimeProvider Time => time;

    public WorkSignal Signal => signal;

    public bool KeepsErrors => options.PropagateHandlerExceptions;

    /// <summary>Messages that wait for a handler or are with one. Under the gate.</summary>
    public int Pending => _subscriptions.Sum(subscription => subscription.PendingUnderGate);

    public void Add(MemorySubscription subscription)
    {
        lock (gate)
        {
            subscription.Client.ThrowIfDisposed();
            _subscriptions = _subscriptions.Add(subscription);
            BrokerTelemetry.CountSubscriptions(1);
        }
    }

    /// <summary>Forgets a subscription that has ended. Called under the gate.</summary>
    public void Remove(MemorySubscription subscription)
    {
        var rest = _subscriptions.Remove(subscription);
        BrokerTelemetry.CountSubscriptions(rest.Length - _subscriptions.Length);
        _subscriptions = rest;
    }

    public IReadOnlyList<MemorySubscription> SubscriptionsOf(InMemoryBrokerClient client)
    {
        lock (gate)
        {
            return [.. _subscriptions.Where(subscription => subscription.Client == client)];
        }
    }

    /// <summary>Who waits or works, one line each. Under the gate.</summary>
    public IEnumerable<string> Describe() =>
        _subscriptions.Where(subscription => subscription.PendingUnderGate > 0)
            .Select(subscription => $"subscription '{subscription.Pattern}' of {subscription.Client.Name}: {subscription.PendingUnderGate} message(s) pending");

    /// <summary>Accepts a message into every buffer at once, so that all subscribers agree on the order, then lends its thread
    /// to the handlers.</summary>
    public ValueTask Publish(InMemoryBrokerClient client, string topic, JsonPayload payload, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        ImmutableArray<MemorySubscription> subscriptions;
        List<Task>? waits = null;
        List<Action>? arrivals = null;
        using var operation = BrokerTelemetry.StartPublish(topic, time);
        headers = BrokerTelemetry.WithTrace(headers);
        lock (gate)
        {
            subscriptions = _subscriptions;
            var id = string.Create(CultureInfo.InvariantCulture, $"m{++_messages}");
            // The publisher may change its dictionary afterwards; on a wire it could not.
            var message = new BrokerMessage(id, topic, time.GetUtcNow(), payload, headers.Count == 0 ? NoHeaders : headers.ToImmutableDictionary());
            network.ThrowIfRefused(message);
            journal.Record(BrokerLogKind.Published, topic, id, client: client.Name, message: message);
            var heard = false;
            foreach (var subscription in subscriptions)
            {
                if (!subscription.Takes(topic))
                {
                    continue;
                }

                heard = true;
                if (!network.IsPlain(subscription.Client))
                {
                    network.Send(subscription.Client, message, () => Arrive(subscription, message), arrivals ??= [], mayRepeat: true);
                }
                else if (subscription.Accept(message) is { } wait)
                {
                    (waits ??= []).Add(wait);
                }
            }

            if (!heard)
            {
                journal.Record(BrokerLogKind.Unheard, topic, id, message: message);
            }
        }

        signal.Changed();
        foreach (var arrive in arrivals ?? [])
        {
            arrive();
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Deliver();
        }

        if (KeepsErrors)
        {
            ThrowErrors(subscriptions);
        }

        return waits is null ? default : new(Task.WhenAll(waits).WaitAsync(cancellationToken));
    }

    public void RecordHandlerError(MemorySubscription subscription, string? messageId, Exception error)
    {
        BrokerTelemetry.CountHandlerError();
        lock (gate)
        {
            journal.Record(BrokerLogKind.HandlerFailed, subscription.Pattern, messageId, error, subscription.Client.Name);
        }
    }

    private static void ThrowErrors(ImmutableArray<MemorySubscription> subscriptions)
    {
        var errors = subscriptions.SelectMany(subscription => subscription.TakeErrors()).ToList();
        if (errors.Count == 1)
        {
            ExceptionDispatchInfo.Throw(errors[0]);
        }

        if (errors.Count > 1)
        {
            throw new AggregateException(errors);
        }
    }

    private void Arrive(MemorySubscription subscription, BrokerMessage message)
    {
        lock (gate)
        {
            if (!subscription.Takes(message.Topic))
            {
                journal.Record(BrokerLogKind.Dropped, subscription.Pattern, message.Id, client: subscription.Client.Name, message: message, note: "the subscriber was gone");
                signal.Changed();
                return;
            }

            // What has no room waits at the door; nobody waits for it there.
            _ = subscription.Accept(message);
        }

        subscription.Deliver();
        signal.Changed();
    }
}
