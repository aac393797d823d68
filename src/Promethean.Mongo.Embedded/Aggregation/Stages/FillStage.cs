using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$fill</c>: values for null and missing fields, as <c>$setWindowFields</c> and <c>$addFields</c> can say it too.</summary>
internal sealed class FillStage(Stage[] stages) : Stage
{
    public static FillStage Parse(BsonValue value, ParseScope scope)
    {
        var arguments = new StageArguments("$fill", value, "partitionBy", "partitionByFields", "sortBy", "output");
        if (arguments["partitionBy"] is not null && arguments["partitionByFields"] is not null)
        {
            throw MongoCommandFailedException.Location(6050204, "Maximum one of 'partitionBy' and 'partitionByFields can be specified in '$fill'");
        }

        var drawn = new BsonDocument();
        var given = new BsonDocument();
        foreach (var field in StageArguments.Document("$fill output", arguments.Required("output")))
        {
            var how = new StageArguments("$fill output", field.Value, "value", "method");
            if (how["value"] is not null == how["method"] is not null) throw MongoCommandFailedException.FailedToParse($"Each output of $fill needs either a 'value' or a 'method': {field}");
            if (how["value"] is { } constant) given.Add(field.Name, new BsonDocument("$ifNull", new BsonArray { "$" + field.Name, constant }));
            else drawn.Add(field.Name, new BsonDocument(Method(how.Text("method")), "$" + field.Name));
        }

        var stages = new List<Stage>();
        if (drawn.ElementCount > 0)
        {
            var windows = new BsonDocument("output", drawn);
            if (arguments["partitionBy"] is { } part) windows.Add("partitionBy", part);
            if (arguments.Texts("partitionByFields") is { Length: > 0 } names) windows.Add("partitionBy", new BsonDocument(names.Select((name, i) => new BsonElement($"p{i}", "$" + name))));
            if (arguments["sortBy"] is { } sort) windows.Add("sortBy", sort);
            stages.Add(SetWindowFieldsStage.Parse(windows, scope));
        }

        if (given.ElementCount > 0) stages.Add(AddFieldsStage.Parse("$fill", given, scope));
        return new FillStage([.. stages]);
    }

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        foreach (var stage in stages) input = stage.Run(input, context);
        return input;
    }

    private static string Method(string name) => name switch
    {
        "linear" => "$linearFill",
        "locf" => "$locf",
        _ => throw MongoCommandFailedException.Location(6050202, $"Method must be either locf or linear, but was {name}"),
    };
}
