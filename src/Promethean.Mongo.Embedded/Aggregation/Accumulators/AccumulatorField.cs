using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Accumulators;

/// <summary>One field of a <c>$group</c>: a name, what to gather, and how.</summary>
internal sealed record AccumulatorField(string Name, AccumulatorRecipe Recipe)
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
        return new AccumulatorField(field.Name, AccumulatorSyntax.Parse(name, value, scope));
    }
}
