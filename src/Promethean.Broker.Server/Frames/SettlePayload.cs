namespace Promethean.Broker.Server;

/// <summary>What <c>ack</c> and <c>nack</c> carry; how it goes back is <c>nack</c>'s alone.</summary>
internal sealed record SettlePayload(string Queue, string TaskId, NackOptions How);
