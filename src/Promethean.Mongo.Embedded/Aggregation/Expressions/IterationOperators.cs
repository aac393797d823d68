using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Array Expression Operators" in the manual: those that evaluate an expression for each element.</summary>
internal static class IterationOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$map", ParseMap);
        table.Add("$filter", ParseFilter);
        table.Add("$reduce", ParseReduce);
        table.Add("$zip", ParseZip);
    }

    private static MapExpression ParseMap(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$map", value, ["input", "in"], ["as"]);
        var variable = named.Text("as", "this");
        return new MapExpression(named.ParseRequired("input", scope), variable, named.ParseRequired("in", scope.With(variable)));
    }

    private static FilterExpression ParseFilter(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$filter", value, ["input", "cond"], ["as", "limit"]);
        var variable = named.Text("as", "this");
        return new FilterExpression(
            named.ParseRequired("input", scope), variable, named.ParseRequired("cond", scope.With(variable)), named.Parse("limit", scope));
    }

    private static ReduceExpression ParseReduce(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$reduce", value, ["input", "initialValue", "in"], []);
        return new ReduceExpression(
            named.ParseRequired("input", scope),
            named.ParseRequired("initialValue", scope),
            named.ParseRequired("in", scope.With("this").With("value")));
    }

    private static FunctionExpression ParseZip(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$zip", value, ["inputs"], ["useLongestLength", "defaults"]);
        var longest = Truth.Of(named["useLongestLength"]);
        return new FunctionExpression([named.Parse("inputs", scope), named.Parse("defaults", scope)], values =>
        {
            var inputs = Operand.Array(values[0], "$zip", 34461);
            if (inputs.Any(Operand.IsNullish)) return BsonNull.Value;
            var arrays = inputs.Select(input => Operand.Array(input, "$zip", 34468)).ToList();
            var defaults = values[1] as BsonArray;
            var length = arrays.Count == 0 ? 0 : longest ? arrays.Max(array => array.Count) : arrays.Min(array => array.Count);
            return new BsonArray(Enumerable.Range(0, length).Select(i => new BsonArray(
                arrays.Select((array, a) => i < array.Count ? array[i] : defaults is not null && a < defaults.Count ? defaults[a] : BsonNull.Value))));
        });
    }
}
