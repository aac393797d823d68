namespace Promethean.Broker.Server;

/// <summary>What <c>publish</c> carries; the value and the headers are borrowed JSON text, the headers empty where there are none.</summary>
internal readonly record struct PublishPayload(string Topic, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Headers);
