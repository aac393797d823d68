namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>The accumulators by name.</summary>
internal static class AccumulatorTable
{
    private static readonly Dictionary<string, Func<Accumulator>> Factories = new(StringComparer.Ordinal)
    {
        ["$sum"] = () => new SumAccumulator(),
        ["$avg"] = () => new AverageAccumulator(),
        ["$min"] = () => new ExtremeAccumulator(greatest: false),
        ["$max"] = () => new ExtremeAccumulator(greatest: true),
        ["$first"] = () => new FirstAccumulator(),
        ["$last"] = () => new LastAccumulator(),
        ["$push"] = () => new PushAccumulator(),
        ["$addToSet"] = () => new AddToSetAccumulator(),
        ["$mergeObjects"] = () => new MergeObjectsAccumulator(),
        ["$stdDevPop"] = () => new DeviationAccumulator(ofSample: false),
        ["$stdDevSamp"] = () => new DeviationAccumulator(ofSample: true),
    };

    /// <summary>Every accumulator's name, with those that <see cref="AccumulatorSyntax"/> reads.</summary>
    public static IReadOnlyCollection<string> Names =>
        [.. Factories.Keys, "$count", "$firstN", "$lastN", "$minN", "$maxN", "$top", "$topN", "$bottom", "$bottomN", "$median", "$percentile"];

    /// <summary>What makes an accumulator, or null if there is none of that name.</summary>
    public static Func<Accumulator>? Factory(string name) => Factories.GetValueOrDefault(name);
}
