namespace Promethean.Broker.Bench;

/// <summary>What one run of one peer came to.</summary>
internal readonly record struct DeliveryRun(int Messages, double PerSecond, double BytesEach);
