namespace Promethean.Mongo.Embedded.Bench;

/// <summary>The median, which a busy moment does not move.</summary>
internal static class Middle
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
