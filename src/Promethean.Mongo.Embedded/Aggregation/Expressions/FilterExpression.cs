using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$filter</c>.</summary>
internal sealed class FilterExpression(Expression input, string variable, Expression condition, Expression? limit) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var value = input.Evaluate(scope);
        if (Operand.IsNullish(value)) return BsonNull.Value;
        var array = Operand.Array(value, "$filter", 28651);
        var most = int.MaxValue;
        if (limit?.Evaluate(scope) is { IsBsonNull: false } wanted)
        {
            most = Operand.Int32(wanted, "$filter", 327391);
            if (most < 1) throw MongoCommandFailedException.Location(327392, $"$filter: limit must be greater than 0, found: {most}");
        }

        var result = new BsonArray();
        foreach (var item in array)
        {
            if (result.Count == most) break;
            if (Truth.Of(condition.Evaluate(scope.With(variable, item)))) result.Add(item);
        }

        return result;
    }
}
