namespace Promethean.JsonSchema.Bench;

internal static class Comparison
{
    private const int Warming = 8;

    /// <summary>Measures the rows in turn, round after round, so that a busy machine slows all of them.</summary>
    public static void Run(Row[] rows, int rounds, TimeProvider time)
    {
        for (var round = -Warming; round < rounds; round++)
        {
            foreach (var row in rows) row.Measure(time, round >= 0);
        }
    }
}
