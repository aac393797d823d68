namespace Promethean.Broker.Server;

/// <summary>A worker's event made fit for its caller.</summary>
/// <param name="Event">The event's name.</param>
/// <param name="Body">A JSON object without the envelope's members; empty for none.</param>
/// <param name="IsFinal">Whether the worker is done.</param>
/// <param name="Refusal">The error the caller gets instead; null where there is none.</param>
/// <param name="Problem">What the worker did wrong; null when nothing.</param>
internal sealed record WorkerAnswer(string Event, ReadOnlyMemory<byte> Body, bool IsFinal, Refusal? Refusal = null, Refusal? Problem = null)
{
    private static readonly string[] EnvelopeMembers = ["id", "event", "final"];

    public static WorkerAnswer Read(RespondPayload response)
    {
        if (response.Event == BrokerEvents.Error)
        {
            return new(response.Event, default, IsFinal: true, PayloadReader.ReadError(response.Body));
        }

        // What ends an answer on the wire ends it here; what only a broker says, no worker does.
        var isFinal = response.IsFinal || response.Event is BrokerEvents.Ok or BrokerEvents.Cancelled;
        if (!BrokerTopic.IsValid(response.Event)
            || response.Event is BrokerEvents.Message or BrokerEvents.TaskAssigned or BrokerEvents.TaskCancelled
                or BrokerEvents.Gap or BrokerEvents.Backpressure or BrokerEvents.Received)
        {
            return Wrong("respond takes an event's name that is not one of the broker's own.");
        }

        if (response.Body.IsEmpty)
        {
            return new(response.Event!, default, isFinal);
        }

        if (response.Body.Span is not [(byte)'{', ..])
        {
            return Wrong("respond takes a body that is a JSON object.");
        }

        try
        {
            var body = JsonPayload.FromTrustedUtf8(response.Body).Without(EnvelopeMembers);
            return new(response.Event!, body.Utf8, isFinal);
        }
        catch (Exception e) when (e is InvalidOperationException or BrokerException or System.Text.Json.JsonException)
        {
            // A member's name may be an escape that is no Unicode, such as half a surrogate pair.
            return Wrong($"respond takes a body whose members have readable names: {e.Message}");
        }
    }

    private static WorkerAnswer Wrong(string problem) => new(
        BrokerEvents.Error,
        default,
        IsFinal: true,
        new(BrokerErrorCode.Internal, "The worker's answer was not understood."),
        Promethean.Broker.Server.Refusal.Invalid(problem));
}
