using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$merge</c>: each result changes the document of a collection that it matches, or is added to it.</summary>
internal sealed class MergeStage(string? database, string collection) : OutputStage("$merge", database, collection)
{
    /// <summary>The fields by which a result finds its document.</summary>
    public required IReadOnlyList<FieldPath> On { get; init; }

    /// <summary><c>merge</c>, <c>replace</c>, <c>keepExisting</c>, <c>fail</c>; or <c>pipeline</c>.</summary>
    public required string WhenMatched { get; init; }

    /// <summary><c>insert</c>, <c>discard</c> or <c>fail</c>.</summary>
    public required string WhenNotMatched { get; init; }

    /// <summary>What a matched document is changed by if <see cref="WhenMatched"/> is a pipeline.</summary>
    public BsonArray? Update { get; init; }

    /// <summary>The variables of that pipeline besides <c>$$new</c>, as expressions on the result.</summary>
    public IReadOnlyList<KeyValuePair<string, Expression>> Let { get; init; } = [];

    public static MergeStage Parse(BsonValue value, ParseScope scope)
    {
        if (value is BsonString name) value = new BsonDocument("into", name);
        if (value is not BsonDocument) throw MongoCommandFailedException.Location(51182, $"$merge requires a string or object argument, but found {BsonTypeNames.Of(value.BsonType)}");
        var arguments = new StageArguments("$merge", value, "into", "on", "let", "whenMatched", "whenNotMatched");
        var (database, collection) = Target("$merge", arguments.Required("into"));
        var let = StageArguments.Document("$merge let", arguments["let"] ?? new BsonDocument());
        var update = arguments["whenMatched"] as BsonArray;
        if (let.ElementCount > 0 && update is null) throw MongoCommandFailedException.Location(51199, "Cannot use 'let' variables with a 'whenMatched' mode other than a pipeline");
        return new MergeStage(database, collection)
        {
            On = [.. Names(arguments["on"] ?? new BsonString("_id")).Select(FieldPath.Parse)],
            WhenMatched = update is not null ? "pipeline" : Mode(arguments, "whenMatched", "merge", "replace", "keepExisting", "fail"),
            WhenNotMatched = Mode(arguments, "whenNotMatched", "insert", "discard", "fail"),
            Update = update,
            Let = [.. let.Select(variable => KeyValuePair.Create(variable.Name, Expression.Parse(variable.Value, scope)))],
        };
    }

    private static string[] Names(BsonValue on)
    {
        var names = on is BsonArray several ? several.ToArray() : [on];
        if (names.Length == 0) throw MongoCommandFailedException.Location(51187, "If explicitly specifying $merge 'on', must include at least one field");
        return [.. names.Select(name => name is BsonString { Value.Length: > 0 } text
            ? text.Value
            : throw MongoCommandFailedException.Location(51134, $"$merge 'on' array elements must be strings, but found {BsonTypeNames.Of(name.BsonType)}"))];
    }

    private static string Mode(StageArguments arguments, string name, params string[] modes)
    {
        if (arguments[name] is null) return modes[0];
        var mode = arguments.Text(name);
        return modes.Contains(mode) ? mode : throw MongoCommandFailedException.BadValue($"Enumeration value '{mode}' for field '$merge.{name}' is not a valid value.");
    }
}
