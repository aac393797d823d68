namespace Promethean.Broker.Server;

/// <summary>What <c>respond</c> carries; the body is borrowed JSON text, empty where there is none.</summary>
internal sealed record RespondPayload(string TaskId, string? Event, ReadOnlyMemory<byte> Body, bool IsFinal);
