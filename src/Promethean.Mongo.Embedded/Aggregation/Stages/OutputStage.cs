using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>The last stage of a pipeline whose results are written to a collection; the command does the writing.</summary>
internal abstract class OutputStage(string name, string? database, string collection) : Stage
{
    public string Name => name;

    /// <summary>The database to write to; null for that of the command.</summary>
    public string? Database => database;

    public string Collection => collection;

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context) => input;

    /// <summary>Reads where to: a name, or <c>{db, coll}</c>.</summary>
    protected static (string? Database, string Collection) Target(string name, BsonValue value)
    {
        if (value is BsonString collection) return (null, collection.Value);
        var arguments = new StageArguments(name, value, "db", "coll");
        return arguments["coll"] is null
            ? throw MongoCommandFailedException.Location(51178, $"{name} needs the name of a collection")
            : (arguments["db"] is null ? null : arguments.Text("db"), arguments.Text("coll"));
    }
}
