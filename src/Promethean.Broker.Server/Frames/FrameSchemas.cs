using System.Collections.Frozen;
using Promethean.JsonSchema;

namespace Promethean.Broker.Server;

/// <summary>Holds each frame against the published schema: against the part of it that its action names, so that the fault told is that
/// frame's own.</summary>
internal sealed class FrameSchemas
{
    private static readonly string[] Own =
    [
        BrokerActions.Subscribe, BrokerActions.Unsubscribe, BrokerActions.Publish, BrokerActions.Ready, BrokerActions.Respond, BrokerActions.Cancel,
        BrokerActions.Enqueue, BrokerActions.Acknowledge, BrokerActions.Reject, BrokerActions.Resume, BrokerActions.Received,
    ];

    private static readonly string[] Asked = [BrokerActions.Heartbeat, BrokerActions.ModelsList, BrokerActions.SystemHealth, BrokerActions.SystemMetrics];

    private readonly FrozenDictionary<string, JsonSchemaValidator> _byAction;
    private readonly JsonSchemaValidator _consume;
    private readonly JsonSchemaValidator _work;

    public FrameSchemas()
    {
        var schema = JsonSchemaValidator.Compile(BrokerSchemas.ClientToBroker.Utf8, new() { MaxDepth = FrameLimits.MaxDepth });
        var ask = schema.At("/$defs/ask");
        _byAction = Own.Select(action => KeyValuePair.Create(action, schema.At($"/$defs/{action}")))
            .Concat(Asked.Select(action => KeyValuePair.Create(action, ask)))
            .ToFrozenDictionary(StringComparer.Ordinal);
        _consume = schema.At("/$defs/consume");
        _work = schema.At("/$defs/work");
    }

    /// <summary>What is wrong with a frame, with its place; null when nothing is.</summary>
    public string? Problem(ClientFrame frame)
    {
        var schema = _byAction.GetValueOrDefault(frame.Action, _work);
        if (frame.Action == BrokerActions.Ready && !schema.IsValid(frame.Text.Span))
        {
            // For a queue, or, where even that cannot be read, no good as either.
            try
            {
                schema = PayloadReader.Has(frame.Payload, "queue"u8) ? _consume : schema;
            }
            catch (InvalidOperationException)
            {
                // Escapes of half a surrogate pair are JSON, but not text; the schema says so.
            }
        }

        return schema.IsValid(frame.Text.Span) ? null : $"{frame.Action}: {schema.FirstError(frame.Text.Span)}.";
    }
}
