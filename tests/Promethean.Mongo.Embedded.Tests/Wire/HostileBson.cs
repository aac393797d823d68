using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.Wire;

/// <summary>Commands as no driver would send them: well-formed BSON in which something is not what belongs there.</summary>
internal sealed class HostileBson(Random random)
{
    private static readonly string[] Names =
    [
        "", "$", "$$ROOT", "a.b", ".", "..", "a..b", "$a", "_id", "0", "$db", "$and", "$or", "$nor", "$not", "$in", "$all", "$elemMatch", "$regex", "$options", "$expr", "$type", "$size", "$mod", "$bitsAllSet",
        "$exists", "$set", "$unset", "$inc", "$mul", "$push", "$pull", "$addToSet", "$rename", "$currentDate", "$bit", "$pop", "$each", "$slice", "$sort", "$position", "$[]", "a.$[x]", "a.$", "a.$[]", "$match",
        "$group", "$project", "$lookup", "$unwind", "$facet", "$bucket", "$sample", "$limit", "$skip", "$sum", "$avg", "$cond", "$switch", "$map", "$filter", "$reduce", "$zip", "$range", "$dateToString", "$convert",
        "$substr", "$split", "$regexFind", "$let", "$function", "$where", "$near", "$text", "$jsonSchema", "$literal", "$slice", "$meta", "lsid", "txnNumber", "readConcern", "writeConcern", "maxTimeMS", "cursor", "batchSize",
        "hint", "collation", "let", "sort", "limit", "skip", "projection", new('n', 2000),
    ];

    /// <summary>A command with one to three things wrong in it.</summary>
    public BsonDocument Spoil(BsonDocument command)
    {
        var spoiled = (BsonDocument)command.DeepClone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var places = new List<BsonValue>();
            Collect(spoiled, places);
            switch (places[random.Next(places.Count)])
            {
                case BsonDocument { ElementCount: > 0 } document:
                    SpoilElement(document, isCommand: ReferenceEquals(document, spoiled));
                    break;
                case BsonArray { Count: > 0 } array:
                    array[random.Next(array.Count)] = Value(3);
                    break;
                case BsonArray array:
                    array.Add(Value(3));
                    break;
            }
        }

        return spoiled;
    }

    /// <summary>Any value there is, with a liking for the edges.</summary>
    public BsonValue Value(int depth) => random.Next(depth > 0 ? 26 : 22) switch
    {
        0 => BsonNull.Value,
        1 => BsonUndefined.Value,
        2 => BsonMinKey.Value,
        3 => BsonMaxKey.Value,
        4 => double.NaN,
        5 => double.NegativeInfinity,
        6 => -0.0,
        7 => long.MinValue,
        8 => long.MaxValue,
        9 => int.MinValue,
        10 => random.Next(-2, 3),
        11 => 1e300,
        12 => Decimal128.MaxValue,
        13 => Decimal128.QNaN,
        14 => random.Next(2) == 0,
        15 => new BsonDateTime(random.Next(2) == 0 ? long.MaxValue : long.MinValue),
        16 => new BsonTimestamp(random.NextInt64()),
        17 => new BsonRegularExpression(random.Next(2) == 0 ? "((((" : "^a+$", "i"),
        18 => new BsonBinaryData(new byte[random.Next(20)], (BsonBinarySubType)random.Next(3)),
        19 => new BsonJavaScriptWithScope("x", new BsonDocument("a", 1)),
        20 => Names[random.Next(Names.Length)],
        21 => "$" + Names[random.Next(Names.Length)],
        22 or 23 => new BsonArray(Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))),
        _ => new BsonDocument(allowDuplicateNames: true).AddRange(Enumerable.Range(0, random.Next(4)).Select(_ => new BsonElement(Names[random.Next(Names.Length)], Value(depth - 1)))),
    };

    private static void Collect(BsonValue value, List<BsonValue> places)
    {
        if (value is BsonDocument document)
        {
            places.Add(document);
            foreach (var element in document) Collect(element.Value, places);
        }
        else if (value is BsonArray array)
        {
            places.Add(array);
            foreach (var item in array) Collect(item, places);
        }
    }

    private void SpoilElement(BsonDocument document, bool isCommand)
    {
        var at = random.Next(document.ElementCount);
        var element = document.GetElement(at);
        // Without its name and database it would only be refused at the door.
        if (isCommand && (element.Name == "$db" || (at == 0 && random.Next(4) != 0))) return;
        switch (random.Next(isCommand ? 3 : 5))
        {
            case 0 or 1:
                document[at] = Value(3);
                break;
            case 2 when !isCommand:
                document.RemoveAt(at);
                break;
            case 2:
                document.SetElement(new BsonElement(Names[random.Next(Names.Length)], Value(3)));
                break;
            default:
                document.SetElement(at, new BsonElement(Names[random.Next(Names.Length)], element.Value));
                break;
        }
    }
}
