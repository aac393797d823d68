using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>Reads what follows the name of an accumulator: mostly one expression, sometimes named arguments.</summary>
internal static class AccumulatorSyntax
{
    /// <exception cref="MongoCommandFailedException">An unknown name (code 15952), malformed arguments, ….</exception>
    public static AccumulatorRecipe Parse(string name, BsonValue value, ParseScope scope)
    {
        switch (name)
        {
            case "$count":
                if (value is not BsonDocument { ElementCount: 0 }) throw MongoCommandFailedException.TypeMismatch("$count takes no arguments, i.e. $count:{}");
                return new(new ConstantExpression(1), _ => new SumAccumulator());
            case "$firstN" or "$lastN" or "$minN" or "$maxN":
                var selection = new NamedArguments(name, value, ["input", "n"], []);
                return new(selection.ParseRequired("input", scope), n => new SelectionAccumulator(name, SelectionOperators.Count(n, name)), selection.ParseRequired("n", scope));
            case "$top" or "$bottom":
                return ParseRanked(name, new NamedArguments(name, value, ["sortBy", "output"], []), new ConstantExpression(1), scope);
            case "$topN" or "$bottomN":
                var ranked = new NamedArguments(name, value, ["n", "sortBy", "output"], []);
                return ParseRanked(name, ranked, ranked.ParseRequired("n", scope), scope);
            case "$median" or "$percentile":
                var percentile = new Percentile(name, value, scope);
                return new(percentile.Input, _ => percentile.Create());
            case "$accumulator":
                throw RefusedOperators.JavaScript(name);
        }

        var create = AccumulatorTable.Factory(name) ?? throw MongoCommandFailedException.Location(15952, $"unknown group operator '{name}'");
        if (value is BsonArray several)
        {
            if (several.Count != 1) throw MongoCommandFailedException.Location(40237, $"The {name} accumulator is a unary operator");
            value = several[0];
        }

        return new(Expression.Parse(value, scope), _ => create());
    }

    private static AccumulatorRecipe ParseRanked(string name, NamedArguments named, Expression n, ParseScope scope)
    {
        if (named["sortBy"] is not BsonDocument sort) throw MongoCommandFailedException.Location(5788604, $"expected 'sortBy' of {name} to already be an object");
        var order = SortOrder.Parse(sort);
        return new(new ArrayExpression([new RootExpression(), named.ParseRequired("output", scope)]), size => new RankedAccumulator(name, order, SelectionOperators.Count(size, name)), n);
    }
}
