using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>The arguments of <c>$percentile</c> and <c>$median</c>, as accumulators and as expressions.</summary>
internal sealed class Percentile
{
    private readonly double[] _places;
    private readonly bool _isMedian;

    public Percentile(string name, BsonValue value, ParseScope scope)
    {
        _isMedian = name == "$median";
        var named = new NamedArguments(name, value, _isMedian ? ["input", "method"] : ["input", "p", "method"], []);
        Input = named.ParseRequired("input", scope);
        if (named["method"] is not BsonString { Value: "approximate" }) throw MongoCommandFailedException.BadValue("Currently only 'approximate' can be used as percentile 'method'.");
        _places = _isMedian ? [0.5] : Places(named["p"]!);
    }

    /// <summary>What the numbers are.</summary>
    public Expression Input { get; }

    public Accumulator Create() => new PercentileAccumulator(_places, _isMedian);

    private static double[] Places(BsonValue value)
    {
        if (value is not BsonArray { Count: > 0 } places) throw MongoCommandFailedException.Location(7750300, "The $percentile 'p' field must be a non-empty array of numbers between 0 and 1");
        return [.. places.Select(place => Numbers.IsNumber(place) && Numbers.ToDouble(place) is >= 0 and <= 1
            ? Numbers.ToDouble(place)
            : throw MongoCommandFailedException.Location(7750303, $"The $percentile 'p' field must be an array of numbers between 0 and 1, but found {place}"))];
    }
}
