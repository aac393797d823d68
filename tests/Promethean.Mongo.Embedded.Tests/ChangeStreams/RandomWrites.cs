using System.Globalization;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Tests.ChangeStreams;

/// <summary>Documents and updates by chance, over few fields so that updates meet what is there.</summary>
internal sealed class RandomWrites(Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "list", "0"];

    public BsonDocument Document(int id)
    {
        var document = new BsonDocument("_id", id);
        foreach (var name in Names)
        {
            if (random.Next(3) > 0) document[name] = name == "list" ? new BsonArray(Enumerable.Range(0, random.Next(4))) : Value(2);
        }

        return document;
    }

    /// <summary>An update by operators, or by a pipeline, that may or may not apply.</summary>
    public BsonValue Update() => random.Next(12) switch
    {
        0 => Operator("$set", Path(), Value(2)),
        1 => Operator("$unset", Path(), 1),
        2 => Operator("$inc", Path(), random.Next(1, 5)),
        3 => Operator("$push", "list", Value(1)),
        4 => Operator("$push", "list", BsonDocument.Parse("{ $each: [7, 8], $position: 0, $slice: 4 }")),
        5 => Operator("$pull", "list", random.Next(4)),
        6 => Operator("$pop", "list", random.Next(2) == 0 ? 1 : -1),
        7 => Operator("$addToSet", "list", random.Next(6)),
        8 => Operator("$rename", Name(), "renamed"),
        9 => Operator("$set", "list." + random.Next(5).ToString(CultureInfo.InvariantCulture), Value(1)),
        10 => new BsonArray { new BsonDocument("$set", new BsonDocument(Name(), Value(2))), new BsonDocument("$unset", Name()) },
        _ => new BsonArray { BsonDocument.Parse("{ $set: { list: { $slice: [{ $cond: [{ $isArray: '$list' }, '$list', [1, 2]] }, " + (1 + random.Next(2)).ToString(CultureInfo.InvariantCulture) + "] } } }") },
    };

    private static BsonDocument Operator(string name, string path, BsonValue value) => new(name, new BsonDocument(path, value));

    private string Name() => Names[random.Next(Names.Length)];

    private string Path() => random.Next(2) == 0 ? Name() : $"{Name()}.{Name()}";

    private BsonValue Value(int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => random.Next(10),
        1 => random.Next(10) + 0.5,
        2 => "text " + random.Next(10).ToString(CultureInfo.InvariantCulture),
        3 => BsonNull.Value,
        4 => new BsonDocument(Enumerable.Range(0, random.Next(3)).Select(i => new BsonElement(Names[i + 1], Value(depth - 1)))),
        _ => new BsonArray(Enumerable.Range(0, random.Next(3)).Select(_ => Value(depth - 1))),
    };
}
