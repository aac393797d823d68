namespace Promethean.Broker.Testing;

/// <summary>How long something takes: a fixed time, or a random one between two.</summary>
/// <param name="Min">The shortest.</param>
/// <param name="Max">The longest.</param>
public readonly record struct LatencyRange(TimeSpan Min, TimeSpan Max)
{
    /// <summary>A fixed time.</summary>
    /// <param name="latency">How long.</param>
    public static implicit operator LatencyRange(TimeSpan latency) => new(latency, latency);

    /// <summary>A fixed time.</summary>
    /// <param name="latency">How long.</param>
    public static LatencyRange FromTimeSpan(TimeSpan latency) => new(latency, latency);

    /// <summary>Whether it takes no time at all.</summary>
    public bool IsZero => Max == TimeSpan.Zero;

    /// <inheritdoc/>
    public override string ToString() => Min == Max ? $"{Min.TotalMilliseconds} ms" : $"{Min.TotalMilliseconds}-{Max.TotalMilliseconds} ms";

    internal TimeSpan Draw(Random random) => Min == Max ? Min : Min + TimeSpan.FromTicks((long)(random.NextDouble() * (Max - Min).Ticks));

    internal void Validate(string name)
    {
        if (Min < TimeSpan.Zero || Max < Min)
        {
            throw new ArgumentOutOfRangeException(name, this, $"{name} goes from zero or more to no less than that, not from {Min} to {Max}.");
        }
    }
}
