using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Boolean" and "Conditional Expression Operators", <c>$let</c> and <c>$literal</c> in the manual; only what is needed is evaluated.</summary>
internal static class LogicalOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$and", (value, scope) => new AllExpression(OperatorTable.Arguments("$and", value, scope, 0, int.MaxValue), expected: true));
        table.Add("$or", (value, scope) => new AllExpression(OperatorTable.Arguments("$or", value, scope, 0, int.MaxValue), expected: false));
        table.Add("$not", value => BsonBoolean.Create(!Truth.Of(value)));
        table.Add("$ifNull", (value, scope) => new IfNullExpression(OperatorTable.Arguments("$ifNull", value, scope, 2, int.MaxValue)));
        table.Add("$cond", ParseCondition);
        table.Add("$switch", ParseSwitch);
        table.Add("$let", ParseLet);
        table.Add("$literal", (value, _) => new ConstantExpression(value));
    }

    private static ConditionExpression ParseCondition(BsonValue value, ParseScope scope)
    {
        if (value is BsonDocument)
        {
            var named = new NamedArguments("$cond", value, ["if", "then", "else"], []);
            return new ConditionExpression([(named.ParseRequired("if", scope), named.ParseRequired("then", scope))], named.ParseRequired("else", scope));
        }

        var arguments = OperatorTable.Arguments("$cond", value, scope, 3, 3);
        return new ConditionExpression([(arguments[0], arguments[1])], arguments[2]);
    }

    private static ConditionExpression ParseSwitch(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$switch", value, ["branches"], ["default"]);
        if (named["branches"] is not BsonArray { Count: > 0 } branches)
        {
            throw MongoCommandFailedException.Location(40068, "$switch requires at least one branch");
        }

        var cases = branches.Select(branch =>
        {
            var clause = new NamedArguments("$switch", branch, ["case", "then"], []);
            return (clause.ParseRequired("case", scope), clause.ParseRequired("then", scope));
        });
        return new ConditionExpression([.. cases], named.Parse("default", scope));
    }

    private static LetExpression ParseLet(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$let", value, ["vars", "in"], []);
        if (named["vars"] is not BsonDocument vars) throw MongoCommandFailedException.Location(10065, "invalid parameter: expected an object (vars)");
        var inner = scope;
        var variables = new KeyValuePair<string, Expression>[vars.ElementCount];
        for (var i = 0; i < variables.Length; i++)
        {
            var element = vars.GetElement(i);
            variables[i] = new(element.Name, ExpressionParser.Parse(element.Value, scope));
            inner = inner.With(element.Name);
        }

        return new LetExpression(variables, named.ParseRequired("in", inner));
    }
}
