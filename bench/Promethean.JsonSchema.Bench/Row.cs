namespace Promethean.JsonSchema.Bench;

/// <summary>One thing measured, so many times a round.</summary>
internal sealed class Row(string name, int times, Func<bool> judge)
{
    private readonly List<double> nanoseconds = [];

    public string Name => name;

    public double Nanoseconds => nanoseconds.Order().ElementAt(nanoseconds.Count / 2);

    /// <summary>Allocated by one call, in the last round.</summary>
    public double Bytes { get; private set; }

    public void Measure(TimeProvider time, bool counts)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = time.GetTimestamp();
        var valid = true;
        for (var i = 0; i < times; i++) valid &= judge();
        var elapsed = time.GetElapsedTime(started);
        Bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)times;
        if (!valid) throw new InvalidOperationException($"{name} refuses the frame.");
        if (counts) nanoseconds.Add(elapsed.TotalNanoseconds / times);
    }
}
