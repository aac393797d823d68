using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>distinct</c>: the different values of a field; an array counts by its elements.</summary>
internal sealed class DistinctCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["distinct"];

    public IReadOnlyList<string> Fields { get; } = ["key", "query", "collation", "hint"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var arguments = context.Arguments;
        Writes.CheckCollation(arguments.Optional("collation"));
        var path = FieldPath.Parse(arguments.RequiredString("key"));
        var query = DocumentQuery.Parse(arguments.Document("query"), context.Variables, hint: arguments.Optional("hint"));
        var values = new SortedSet<BsonValue>(BsonOrder.Instance);
        using var view = context.OpenView();
        if (view.Catalogue.Find(context.Collection) is { } collection)
        {
            foreach (var match in query.Scan(collection).Continue(view, context.Interruption))
                Collect(BsonBytes.Decode(match.Stored.Bytes), path, 0, values);
        }

        var body = new BsonDocument { { "values", new BsonArray(values) }, { "ok", 1.0 } };
        if (BsonBytes.Encode(body).Length > BsonLimits.MaxDocumentBytes)
            throw MongoCommandFailedException.Location(17217, "distinct too big, 16mb cap");
        return ValueTask.FromResult(new CommandReply(body));
    }

    private static void Collect(BsonValue value, FieldPath path, int part, SortedSet<BsonValue> values)
    {
        switch (value)
        {
            case BsonArray array when part == path.Length:
                foreach (var item in array) values.Add(item);
                break;
            case BsonArray array:
                foreach (var item in array)
                {
                    if (item is BsonDocument) Collect(item, path, part, values);
                }

                if (path.Index(part) is var index and >= 0 && index < array.Count) Collect(array[index], path, part + 1, values);
                break;
            case var leaf when part == path.Length:
                values.Add(leaf);
                break;
            case BsonDocument document when path.Step(document, part) is { } next:
                Collect(next, path, part + 1, values);
                break;
        }
    }
}
