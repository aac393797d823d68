using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>Reads what follows the name of an accumulator: mostly one expression, sometimes named arguments.</summary>
internal static class AccumulatorSyntax
{
    /// <summary>What to evaluate for each document, and what to gather it with.</summary>
    public static (Expression Value, Func<Accumulator> Create) Parse(string name, BsonValue value, ParseScope scope)
    {
        switch (name)
        {
            case "$count":
                if (value is not BsonDocument { ElementCount: 0 }) throw MongoCommandFailedException.TypeMismatch("$count takes no arguments, i.e. $count:{}");
                return (new ConstantExpression(1), AccumulatorTable.Factory("$sum")!);
            case "$firstN" or "$lastN" or "$minN" or "$maxN":
                var selection = new NamedArguments(name, value, ["input", "n"], []);
                return (new ArrayExpression([selection.ParseRequired("n", scope), selection.ParseRequired("input", scope)]), () => new SelectionAccumulator(name));
            case "$top" or "$bottom":
                return ParseRanked(name, new NamedArguments(name, value, ["sortBy", "output"], []), new ConstantExpression(1), scope);
            case "$topN" or "$bottomN":
                var ranked = new NamedArguments(name, value, ["n", "sortBy", "output"], []);
                return ParseRanked(name, ranked, ranked.ParseRequired("n", scope), scope);
            case "$median" or "$percentile":
                var percentile = new Percentile(name, value, scope);
                return (percentile.Input, percentile.Create);
            case "$accumulator":
                throw RefusedOperators.JavaScript(name);
        }

        var create = AccumulatorTable.Factory(name) ?? throw MongoCommandFailedException.Location(15952, $"unknown group operator '{name}'");
        if (value is BsonArray several)
        {
            if (several.Count != 1) throw MongoCommandFailedException.Location(40237, $"The {name} accumulator is a unary operator");
            value = several[0];
        }

        return (Expression.Parse(value, scope), create);
    }

    private static (Expression Value, Func<Accumulator> Create) ParseRanked(string name, NamedArguments named, Expression n, ParseScope scope)
    {
        if (named["sortBy"] is not BsonDocument sort) throw MongoCommandFailedException.Location(5788604, $"expected 'sortBy' of {name} to already be an object");
        var order = SortOrder.Parse(sort);
        return (new ArrayExpression([n, new RootExpression(), named.ParseRequired("output", scope)]), () => new RankedAccumulator(name, order));
    }
}
