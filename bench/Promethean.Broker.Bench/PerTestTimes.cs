namespace Promethean.Broker.Bench;

/// <summary>What one test paid, in µs. <paramref name="Started"/> and <paramref name="Whole"/> count from before the broker was
/// made; the whole ends after its disposal and holds no negative assert.</summary>
internal readonly record struct PerTestTimes(double Started, double Whole, double Negative);
