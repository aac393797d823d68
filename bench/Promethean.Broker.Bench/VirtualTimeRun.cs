namespace Promethean.Broker.Bench;

/// <summary>What one virtual hour came to, times in µs. <paramref name="Punctual"/> counts the tasks that read, when they resumed, the very
/// time they had waited for.</summary>
internal readonly record struct VirtualTimeRun(double Made, double Advanced, int Punctual);
