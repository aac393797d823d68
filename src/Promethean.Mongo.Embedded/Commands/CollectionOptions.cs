using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Validation;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>The options of collections that <c>create</c> sets and <c>collMod</c> changes, checked and as listCollections shows them.</summary>
internal static class CollectionOptions
{
    /// <summary>The fields that hold them.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["validator", "validationLevel", "validationAction", "changeStreamPreAndPostImages"];

    /// <summary>The options with those of a command in place of their former values; an empty validator takes it away.</summary>
    /// <exception cref="MongoCommandFailedException">An option is malformed, or not allowed in this database.</exception>
    public static BsonDocument Merge(BsonDocument before, CommandArguments arguments, CollectionName name)
    {
        var options = new BsonDocument(before);
        if (arguments.OptionalDocument("validator") is { } validator)
        {
            RefuseInSystemDatabase(name, "Document validators are");
            DocumentValidator.Parse(validator);
            if (validator.ElementCount > 0) options["validator"] = validator;
            else options.Remove("validator");
        }

        Choose(options, arguments, "validationLevel", "off", "strict", "moderate");
        Choose(options, arguments, "validationAction", "error", "warn");
        if (arguments.OptionalDocument("changeStreamPreAndPostImages") is { } images)
        {
            RefuseInSystemDatabase(name, "Change stream pre- and post-images are");
            if (images is not { ElementCount: 1 } || !images.TryGetValue("enabled", out var enabled) || enabled is not BsonBoolean)
                throw MongoCommandFailedException.TypeMismatch("changeStreamPreAndPostImages must be {enabled: true} or {enabled: false}");
            options["changeStreamPreAndPostImages"] = images;
        }

        return options;
    }

    private static void Choose(BsonDocument options, CommandArguments arguments, string field, params ReadOnlySpan<string> values)
    {
        if (arguments.Optional(field) is null) return;
        var chosen = arguments.RequiredString(field);
        if (!values.Contains(chosen)) throw MongoCommandFailedException.BadValue($"Enumeration value '{chosen}' for field '{field}' is not a valid value.");
        options[field] = chosen;
    }

    private static void RefuseInSystemDatabase(CollectionName name, string what)
    {
        if (name.Database is "admin" or "local" or "config")
            throw new MongoCommandFailedException(MongoErrorCode.InvalidOptions, $"{what} not allowed on collection {name} in the {name.Database} database");
    }
}
