using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>Reads one index asked for by createIndexes into the form that listIndexes shows.</summary>
internal static class IndexSpecification
{
    private static readonly string[] Known =
        ["key", "name", "unique", "sparse", "partialFilterExpression", "v", "background", "hidden", "expireAfterSeconds", "collation"];

    /// <exception cref="MongoCommandFailedException">Code 67 and others: the index cannot be made here.</exception>
    public static BsonDocument Read(BsonValue specification)
    {
        if (specification is not BsonDocument asked) throw MongoCommandFailedException.TypeMismatch("The elements of the 'indexes' array must be objects");
        foreach (var field in asked)
        {
            if (!Known.Contains(field.Name, StringComparer.Ordinal))
            {
                throw new MongoCommandFailedException(
                    197, "InvalidIndexSpecificationOption", $"The field '{field.Name}' is not valid for an index specification, or is not supported by this server. Specification: {asked}");
            }
        }

        Writes.CheckCollation(asked.GetValue("collation", BsonNull.Value));
        if (asked.Contains("expireAfterSeconds")) throw CannotCreate("TTL indexes (expireAfterSeconds) are not supported by this server yet");
        if (asked.GetValue("hidden", false).ToBoolean()) throw CannotCreate("Hidden indexes are not supported by this server");
        if (asked.GetValue("key", BsonNull.Value) is not BsonDocument key) throw MongoCommandFailedException.FailedToParse("The 'key' field is a required property of an index specification");
        CheckKey(key);
        if (asked.GetValue("name", BsonNull.Value) is not BsonString { Value.Length: > 0 } name || name.Value == "*")
            throw MongoCommandFailedException.FailedToParse("The 'name' field is a required property of an index specification, and must be neither empty nor '*'");

        var result = new BsonDocument { { "v", 2 }, { "key", key }, { "name", name } };
        if (asked.GetValue("unique", false).ToBoolean()) result.Add("unique", true);
        if (asked.GetValue("sparse", false).ToBoolean()) result.Add("sparse", true);
        if (asked.GetValue("partialFilterExpression", BsonNull.Value) is BsonDocument partial)
        {
            DocumentFilter.Parse(partial);
            if (result.Contains("sparse")) throw CannotCreate("cannot mix \"partialFilterExpression\" and \"sparse\" options");
            result.Add("partialFilterExpression", partial);
        }

        return result;
    }

    /// <summary>Whether two specifications make the same index, whatever its name.</summary>
    public static bool AreAlike(BsonDocument left, BsonDocument right) =>
        BsonOrder.AreEqual(left["key"], right["key"])
        && left.Contains("unique") == right.Contains("unique")
        && left.Contains("sparse") == right.Contains("sparse")
        && BsonOrder.AreEqual(left.GetValue("partialFilterExpression", BsonNull.Value), right.GetValue("partialFilterExpression", BsonNull.Value));

    private static void CheckKey(BsonDocument key)
    {
        if (key.ElementCount is 0 or > 32) throw CannotCreate("Index keys must have between 1 and 32 fields");
        if (key.Names.Distinct(StringComparer.Ordinal).Count() != key.ElementCount) throw MongoCommandFailedException.BadValue("An index key must not name a field twice");
        foreach (var field in key)
        {
            if (field.Name.Length == 0 || field.Name.Split('.').Any(part => part.Length == 0 || part.StartsWith('$')))
                throw CannotCreate($"The index field '{field.Name}' is empty, has an empty part, or one that starts with '$', which this server does not support");
            if (field.Value is BsonString kind) throw CannotCreate($"Indexes of the kind '{kind.Value}' are not supported by this server");
            if (!field.Value.IsNumeric || field.Value.ToDouble() is 0 or double.NaN)
                throw CannotCreate($"Values in the index key pattern must be numbers that are not 0. Received {field.Value}");
        }
    }

    private static MongoCommandFailedException CannotCreate(string message) => new(MongoErrorCode.CannotCreateIndex, message);
}
