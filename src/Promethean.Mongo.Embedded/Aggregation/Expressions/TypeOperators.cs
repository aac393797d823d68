using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Type Expression Operators" in the manual.</summary>
internal static class TypeOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$type", value => Operand.TypeOf(value));
        table.Add("$isNumber", value => BsonBoolean.Create(Numbers.IsNumber(value)));
        AddConversion(table, "$toBool", BsonType.Boolean);
        AddConversion(table, "$toInt", BsonType.Int32);
        AddConversion(table, "$toLong", BsonType.Int64);
        AddConversion(table, "$toDouble", BsonType.Double);
        AddConversion(table, "$toDecimal", BsonType.Decimal128);
        AddConversion(table, "$toString", BsonType.String);
        AddConversion(table, "$toDate", BsonType.DateTime);
        AddConversion(table, "$toObjectId", BsonType.ObjectId);
        table.Add("$convert", ParseConvert);
    }

    private static void AddConversion(OperatorTable table, string name, BsonType type) =>
        table.Add(name, value => Operand.IsNullish(value) ? BsonNull.Value : Conversion.Convert(value!, type));

    private static ConvertExpression ParseConvert(BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments("$convert", value, ["input", "to"], ["onError", "onNull"]);
        return new ConvertExpression(named.ParseRequired("input", scope), named.ParseRequired("to", scope), named.Parse("onError", scope), named.Parse("onNull", scope));
    }

    /// <summary>The type <c>$convert</c>'s <c>to</c> names.</summary>
    internal static BsonType TypeNamed(BsonValue to)
    {
        var type = to switch
        {
            BsonString alias => BsonTypeNames.Parse(alias.Value),
            _ when Numbers.IsNumber(to) => BsonTypeNames.Parse(Numbers.ToDouble(to)),
            _ => throw MongoCommandFailedException.FailedToParse("$convert's 'to' argument must be a string or number"),
        };
        return type ?? throw MongoCommandFailedException.BadValue($"Unknown type name: {to}");
    }
}
