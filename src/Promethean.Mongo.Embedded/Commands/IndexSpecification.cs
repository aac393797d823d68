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
        if (asked.GetValue("key", BsonNull.Value) is not BsonDocument key) throw MongoCommandFailedException.FailedToParse("The 'key' field is a required property of an index specification");
        CheckKey(key);
        if (asked.GetValue("name", BsonNull.Value) is not BsonString { Value.Length: > 0 } name || name.Value == "*")
            throw MongoCommandFailedException.FailedToParse("The 'name' field is a required property of an index specification, and must be neither empty nor '*'");

        var result = new BsonDocument { { "v", 2 }, { "key", key }, { "name", name } };
        var isId = key is { ElementCount: 1 } && key.GetElement(0).Name == "_id";
        foreach (var option in (ReadOnlySpan<string>)["unique", "sparse", "hidden"])
        {
            if (!asked.TryGetValue(option, out var value) || value.IsBsonNull) continue;
            if (value is not BsonBoolean && !value.IsNumeric)
                throw MongoCommandFailedException.TypeMismatch($"The field '{option}' has value {option}: {value}, which is not convertible to bool");
            if (value.ToBoolean()) result.Add(option, true);
        }

        if (isId && (result.Contains("sparse") || result.Contains("hidden") || asked.Contains("expireAfterSeconds") || asked.Contains("partialFilterExpression")))
            throw new MongoCommandFailedException(197, "InvalidIndexSpecificationOption", $"An option is not valid for an _id index specification. Specification: {asked}");
        if (asked.TryGetValue("expireAfterSeconds", out var seconds) && !seconds.IsBsonNull) result.Add("expireAfterSeconds", ReadExpiry(seconds, key, MongoErrorCode.CannotCreateIndex));
        switch (asked.GetValue("partialFilterExpression", BsonNull.Value))
        {
            case BsonNull:
                break;
            case BsonDocument partial:
                DocumentFilter.Parse(partial);
                if (result.Contains("sparse")) throw CannotCreate("cannot mix \"partialFilterExpression\" and \"sparse\" options");
                result.Add("partialFilterExpression", partial);
                break;
            case var other:
                throw MongoCommandFailedException.TypeMismatch($"The field 'partialFilterExpression' must be an object, but got {BsonTypeNames.Of(other.BsonType)}");
        }

        return result;
    }

    /// <summary>Reads <c>expireAfterSeconds</c>, which may come as any number, for an index on a key.</summary>
    /// <exception cref="MongoCommandFailedException">The code given: it is not a number of seconds, or the key has several fields.</exception>
    public static int ReadExpiry(BsonValue seconds, BsonDocument key, MongoErrorCode refusal)
    {
        if (!seconds.IsNumeric)
            throw new MongoCommandFailedException(refusal, $"TTL index 'expireAfterSeconds' option must be numeric, but received a type of '{BsonTypeNames.Of(seconds.BsonType)}'");
        var value = seconds.ToDouble();
        if (value is < 0 or > int.MaxValue)
            throw new MongoCommandFailedException(refusal, $"TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number than {seconds}");
        if (key.ElementCount != 1)
            throw new MongoCommandFailedException(refusal, $"TTL indexes are single-field indexes, compound indexes do not support TTL. Index key: {key}");
        // As MongoDB since 5.0.14: what is not a number never expires.
        return double.IsNaN(value) ? int.MaxValue : (int)value;
    }

    /// <summary>
    /// Whether two specifications are of one index: "createIndexes" in MongoDB's manual lets indexes on the same key live side by side
    /// that differ in their partial filter, or in being unique or sparse.
    /// </summary>
    public static bool AreSame(BsonDocument left, BsonDocument right) =>
        BsonOrder.AreEqual(left["key"], right["key"])
        && left["key"].AsBsonDocument.Names.SequenceEqual(right["key"].AsBsonDocument.Names)
        && left.Contains("unique") == right.Contains("unique")
        && left.Contains("sparse") == right.Contains("sparse")
        && BsonOrder.AreEqual(left.GetValue("partialFilterExpression", BsonNull.Value), right.GetValue("partialFilterExpression", BsonNull.Value));

    /// <summary>Whether two specifications of one index have the same options; being hidden is none.</summary>
    public static bool AreAlike(BsonDocument left, BsonDocument right) =>
        left.GetValue("expireAfterSeconds", BsonNull.Value) == right.GetValue("expireAfterSeconds", BsonNull.Value);

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
