using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Predicates;

/// <summary><c>$type</c>, with one type or several, each by alias or number.</summary>
internal sealed class TypePredicate : ValuePredicate
{
    private readonly HashSet<BsonType> _types = [];

    public TypePredicate(BsonValue operand)
    {
        if (operand is BsonArray { Count: 0 }) throw MongoCommandFailedException.FailedToParse("$type must match at least one type");
        if (operand is BsonArray several)
        {
            foreach (var one in several) Add(one);
        }
        else
        {
            Add(operand);
        }
    }

    public override bool Matches(BsonValue? value, Variables variables, ref int position) => value is not null && _types.Contains(value.BsonType);

    private void Add(BsonValue operand)
    {
        if (operand is BsonString { Value: "number" })
        {
            _types.UnionWith([BsonType.Int32, BsonType.Int64, BsonType.Double, BsonType.Decimal128]);
            return;
        }

        var type = operand switch
        {
            BsonString alias => BsonTypeNames.Parse(alias.Value)
                ?? throw MongoCommandFailedException.BadValue($"Unknown type name alias: {alias.Value}"),
            BsonInt32 or BsonInt64 or BsonDouble => BsonTypeNames.Parse(operand.ToDouble())
                ?? throw MongoCommandFailedException.BadValue($"Invalid numerical type code: {operand}"),
            _ => throw MongoCommandFailedException.TypeMismatch("type must be represented as a number or a string"),
        };
        _types.Add(type);
    }
}
