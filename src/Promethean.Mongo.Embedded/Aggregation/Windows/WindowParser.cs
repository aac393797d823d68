using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Windows;

/// <summary>Reads an output field of <c>$setWindowFields</c>: <c>{$function: argument, window: {…}}</c>.</summary>
internal static class WindowParser
{
    public static WindowFunction Parse(BsonElement field, SortOrder? order, ParseScope scope)
    {
        if (field.Value is not BsonDocument { ElementCount: > 0 } document) throw MongoCommandFailedException.FailedToParse($"The field '{field.Name}' must be a window function object");
        BsonElement? function = null;
        BsonValue? window = null;
        foreach (var element in document)
        {
            if (element.Name == "window") window = element.Value;
            else if (function is null && element.Name.StartsWith('$')) function = element;
            else throw MongoCommandFailedException.FailedToParse($"'{field.Name}' must have exactly one window function, and beside it only 'window'; found {element.Name}");
        }

        if (function is not { } found) throw MongoCommandFailedException.FailedToParse($"Expected a $-prefixed window function in the field '{field.Name}'");
        var frame = window is null ? WindowFrame.All : WindowFrame.Parse(window, order);
        return Parse(found.Name, found.Value, window is not null, frame, order, scope);
    }

    private static WindowFunction Parse(string name, BsonValue value, bool hasWindow, WindowFrame frame, SortOrder? order, ParseScope scope)
    {
        switch (name)
        {
            case "$rank" or "$denseRank" or "$documentNumber":
                Require(name, order, hasWindow);
                return value is BsonDocument { ElementCount: 0 }
                    ? new RankWindow(name)
                    : throw MongoCommandFailedException.Location(5371603, $"{name} must be specified with '{{}}' as the value");
            case "$shift":
                Require(name, order, hasWindow);
                return ParseShift(new NamedArguments(name, value, ["output", "by"], ["default"]), scope);
            case "$expMovingAvg":
                Require(name, order, hasWindow);
                var moving = new NamedArguments(name, value, ["input"], ["N", "alpha"]);
                return new MovingAverageWindow(moving.ParseRequired("input", scope), Alpha(moving));
            case "$locf":
                Require(name, order ?? SortOrder.Parse([]), hasWindow);
                return new FillWindow(Expression.Parse(value, scope), isLinear: false);
            case "$linearFill":
                Require(name, order, hasWindow);
                return new FillWindow(Expression.Parse(value, scope), isLinear: true);
            case "$derivative" or "$integral":
                Require(name, order, hasWindow: name == "$derivative" && !hasWindow);
                var slope = new NamedArguments(name, value, ["input"], ["unit"]);
                return new SlopeWindow(name, slope.ParseRequired("input", scope), Length(name, slope["unit"]), frame);
            case "$covariancePop" or "$covarianceSamp":
                var pair = OperatorTable.Arguments(name, value, scope, 2, 2);
                return new CovarianceWindow(pair[0], pair[1], name == "$covarianceSamp", frame);
        }

        if (!AccumulatorTable.Names.Contains(name)) throw MongoCommandFailedException.FailedToParse($"Unrecognized window function, {name}");
        var recipe = AccumulatorSyntax.Parse(name, value, scope);
        return new AccumulatingWindow(recipe.Value, () => recipe.Create(recipe.Size?.Evaluate([])), frame);
    }

    private static void Require(string name, SortOrder? order, bool hasWindow)
    {
        if (order is null) throw MongoCommandFailedException.Location(5371602, $"{name} requires a sortBy");
        if (hasWindow) throw MongoCommandFailedException.Location(5371601, $"{name} {(name == "$derivative" ? "needs" : "does not accept")} a 'window' field");
    }

    private static ShiftWindow ParseShift(NamedArguments named, ParseScope scope)
    {
        if (!Numbers.TryToInt32(named["by"]!, out var by)) throw MongoCommandFailedException.FailedToParse($"'$shift:by' field must be an integer, but found {named["by"]}");
        var otherwise = named.Parse("default", scope)?.Evaluate([]) ?? BsonNull.Value;
        return new ShiftWindow(named.ParseRequired("output", scope), by, otherwise);
    }

    private static double Alpha(NamedArguments named)
    {
        if (named["N"] is null == named["alpha"] is null) throw MongoCommandFailedException.FailedToParse("$expMovingAvg needs either 'N' or 'alpha'");
        if (named["N"] is { } n)
        {
            return Numbers.TryToInt64(n, out var count) && count > 0 ? 2.0 / (count + 1) : throw MongoCommandFailedException.FailedToParse("'N' field must be a positive integer");
        }

        var alpha = named["alpha"]!;
        return Numbers.IsNumber(alpha) && Numbers.ToDouble(alpha) is > 0 and < 1
            ? Numbers.ToDouble(alpha)
            : throw MongoCommandFailedException.FailedToParse("'alpha' must be between 0 and 1 (exclusive)");
    }

    private static long? Length(string name, BsonValue? unit) => unit is null
        ? null
        : DateUnit.Milliseconds(DateUnit.Parse(unit)) ?? throw MongoCommandFailedException.Location(5490704, $"unit of {name} must be 'week' or smaller");
}
