using MongoDB.Bson;
using Promethean.Mongo.Embedded.Update.Operators;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>The update operators by name.</summary>
internal static class UpdateOperators
{
    private static readonly Dictionary<string, Func<BsonElement, FieldOperator>> Parsers = new(StringComparer.Ordinal)
    {
        ["$set"] = field => new SetOperator(field.Value),
        ["$setOnInsert"] = field => new SetOnInsertOperator(field.Value),
        ["$unset"] = _ => new UnsetOperator(),
        ["$rename"] = field => new RenameOperator(field.Name),
        ["$inc"] = field => new IncrementOperator(field),
        ["$mul"] = field => new MultiplyOperator(field),
        ["$min"] = field => new ExtremeOperator(field.Value, greatest: false),
        ["$max"] = field => new ExtremeOperator(field.Value, greatest: true),
        ["$currentDate"] = field => new CurrentDateOperator(field),
        ["$bit"] = field => new BitOperator(field),
        ["$push"] = field => new PushOperator(field),
        ["$addToSet"] = field => new AddToSetOperator(field),
        ["$pop"] = field => new PopOperator(field),
        ["$pull"] = field => new PullOperator(field),
        ["$pullAll"] = field => new PullAllOperator(field),
    };

    /// <summary>Every operator's name.</summary>
    public static IReadOnlyCollection<string> Names => Parsers.Keys;

    public static bool IsKnown(string name) => Parsers.ContainsKey(name);

    /// <summary>Reads the argument of an operator for one field.</summary>
    public static FieldOperator Parse(string name, BsonElement field) => Parsers[name](field);
}
