using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Data Size Operators" and "Timestamp Expression Operators" in the manual.</summary>
internal static class SizeOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$binarySize", value => value switch
        {
            null or BsonNull or BsonUndefined => BsonNull.Value,
            BsonString text => Encoding.UTF8.GetByteCount(text.Value),
            BsonBinaryData binary => binary.Bytes.Length,
            _ => throw MongoCommandFailedException.Location(51276, $"$binarySize requires a string or BinData argument, found: {Operand.TypeOf(value)}"),
        });
        table.Add("$bsonSize", value => value switch
        {
            null or BsonNull or BsonUndefined => BsonNull.Value,
            BsonDocument document => BsonBytes.Encode(document).Length,
            _ => throw MongoCommandFailedException.Location(31393, $"$bsonSize requires a document input, found: {Operand.TypeOf(value)}"),
        });
        table.Add("$tsSecond", value => Part(value, "$tsSecond", 5687301, stamp => (long)(uint)stamp.Timestamp));
        table.Add("$tsIncrement", value => Part(value, "$tsIncrement", 5687302, stamp => (long)(uint)stamp.Increment));
    }

    private static BsonValue Part(BsonValue? value, string name, int code, Func<BsonTimestamp, BsonValue> part) => value switch
    {
        null or BsonNull or BsonUndefined => BsonNull.Value,
        BsonTimestamp stamp => part(stamp),
        _ => throw MongoCommandFailedException.Location(code, $"Argument to {name} must be a timestamp, but is {Operand.TypeOf(value)}"),
    };
}
