using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>One field of a <c>$group</c>: a name, what to gather, and how.</summary>
internal sealed record AccumulatorField(string Name, Expression Value, Func<Accumulator> Create)
{
    /// <summary>Reads <c>name: {$sum: expression}</c>.</summary>
    public static AccumulatorField Parse(BsonElement field, ParseScope scope)
    {
        if (field.Name.Contains('.')) throw MongoCommandFailedException.Location(40235, $"The field name '{field.Name}' cannot contain '.'");
        if (field.Name.StartsWith('$')) throw MongoCommandFailedException.Location(40236, $"The field name '{field.Name}' cannot be an operator name");
        if (field.Value is not BsonDocument { ElementCount: > 0 } document)
        {
            throw MongoCommandFailedException.Location(40234, $"The field '{field.Name}' must be an accumulator object");
        }

        if (document.ElementCount > 1) throw MongoCommandFailedException.Location(40238, $"The field '{field.Name}' must specify one accumulator");
        var (name, value) = (document.GetElement(0).Name, document.GetElement(0).Value);
        if (name == "$count")
        {
            if (value is not BsonDocument { ElementCount: 0 }) throw MongoCommandFailedException.TypeMismatch("$count takes no arguments, i.e. $count:{}");
            return new AccumulatorField(field.Name, new ConstantExpression(1), AccumulatorTable.Factory("$sum")!);
        }

        var create = AccumulatorTable.Factory(name) ?? throw MongoCommandFailedException.Location(15952, $"unknown group operator '{name}'");
        if (value is BsonArray several)
        {
            if (several.Count != 1) throw MongoCommandFailedException.Location(40237, $"The {name} accumulator is a unary operator");
            value = several[0];
        }

        return new AccumulatorField(field.Name, Expression.Parse(value, scope), create);
    }
}
