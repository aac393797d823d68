using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>validate</c>: reads a whole collection and holds every index against the documents. It never changes anything.</summary>
internal sealed class ValidateCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["validate"];

    public IReadOnlyList<string> Fields { get; } = ["full", "metadata", "checkBSONConformance", "background", "repair", "fixMultikey"];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        context.Arguments.Refuse("repair", "fixMultikey");
        var name = context.Collection;
        using var view = context.OpenView();
        var collection = view.Catalogue.Find(name)
            ?? throw new MongoCommandFailedException(MongoErrorCode.NamespaceNotFound, $"Collection '{name}' does not exist to validate.");
        var errors = new BsonArray();
        var (records, invalid) = (0L, 0L);
        foreach (var stored in view.Scan(collection))
        {
            context.Interruption.Check();
            records++;
            if (collection.Validation?.Fits(BsonBytes.Lazy(stored.Bytes)) == false) invalid++;
        }

        if (records != view.Count(collection)) errors.Add($"the collection counts {view.Count(collection)} documents and has {records}");
        var keys = new BsonDocument();
        var details = new BsonDocument();
        foreach (var index in collection.Indexes)
        {
            var problem = Check(context, view, collection, index, out var count);
            keys.Add(index.Name, count);
            details.Add(index.Name, new BsonDocument("valid", problem is null));
            if (problem is not null) errors.Add(problem);
        }

        return ValueTask.FromResult(CommandReply.Ok(
            new("ns", name.ToString()),
            new("nInvalidDocuments", 0L),
            new("nNonCompliantDocuments", invalid),
            new("nrecords", records),
            new("nIndexes", collection.Indexes.Length),
            new("keysPerIndex", keys),
            new("indexDetails", details),
            new("valid", errors.Count == 0),
            new("repaired", false),
            new("warnings", invalid == 0 ? [] : new BsonArray { $"{invalid} documents fail the collection's validator" }),
            new("errors", errors),
            new("extraIndexEntries", new BsonArray()),
            new("missingIndexEntries", new BsonArray())));
    }

    // Every entry of a document must be there; if so, there may be no more entries than those.
    private static string? Check(CommandContext context, IReadView view, CollectionDefinition collection, IndexDefinition index, out long count)
    {
        var (expected, missing) = (0L, 0L);
        foreach (var stored in view.Scan(collection))
        {
            context.Interruption.Check();
            foreach (var key in DocumentKeys.Of(BsonBytes.Lazy(stored.Bytes), index).Keys)
            {
                expected++;
                if (!view.Scan(index, KeyRange.Exactly(key)).Any(entry => entry.RecordId == stored.RecordId)) missing++;
            }
        }

        count = view.Scan(index, KeyRange.All).LongCount();
        return missing == 0 && count == expected
            ? null
            : $"index '{index.Name}' lacks {missing} entries and has {count - (expected - missing)} that belong to no document";
    }
}
