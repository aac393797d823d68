using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Update;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>
/// Writes what a pipeline ended by <c>$out</c> or <c>$merge</c> has computed, as one transaction: all of it shows at once, and a
/// failure leaves nothing.
/// </summary>
internal sealed class PipelineOutput(CommandContext context, IReadOnlyList<BsonDocument> documents)
{
    public async ValueTask<CommandReply> WriteAsync(OutputStage stage)
    {
        var target = context.Name(stage.Collection) is var here && stage.Database is { } database ? InDatabase(database, here) : here;
        return await context.WriteAsync(transaction =>
        {
            if (stage is MergeStage merge) Merge(transaction, target, merge);
            else Replace(transaction, target);
            return CommandReply.Cursor(new CursorBatch { CursorId = 0, Namespace = context.Collection.ToString(), IsFirst = true, Documents = [] });
        }).ConfigureAwait(false);
    }

    private static CollectionName InDatabase(string database, CollectionName name) =>
        database.Length is > 0 and <= 63 && database.IndexOfAny(['/', '\\', '.', ' ', '"', '$', '\0']) < 0
            ? name with { Database = database }
            : throw new MongoCommandFailedException(MongoErrorCode.InvalidNamespace, $"Invalid database name: '{database}'");

    // The collection stays what it was but for its documents: its options and indexes are those of before.
    private void Replace(IWriteTransaction transaction, CollectionName target)
    {
        var before = transaction.Catalogue.Find(target);
        if (before is not null) transaction.Drop(before);
        var writer = new CollectionWriter(transaction, Writes.Create(transaction, target, before?.Options ?? []), context.Validation);
        if (before is not null)
        {
            foreach (var index in before.Indexes.Where(index => !index.IsId)) writer.AddIndex(index with { Id = transaction.AllocateId(), IsMultikey = false });
        }

        foreach (var document in documents) Insert(writer, document);
    }

    private void Merge(IWriteTransaction transaction, CollectionName target, MergeStage stage)
    {
        CheckUnique(transaction.Catalogue.Find(target), stage);
        foreach (var document in documents)
        {
            var writer = new CollectionWriter(transaction, Writes.Ensure(transaction, target), context.Validation);
            if (Find(transaction, writer.Collection, document, stage) is { } match) Change(writer, match, document, stage);
            else if (stage.WhenNotMatched == "insert") Insert(writer, document);
            else if (stage.WhenNotMatched == "fail") throw new MongoCommandFailedException(MongoErrorCode.MergeStageNoMatchingDocument, "$merge could not find a matching document in the target collection for at least one document in the source collection");
        }
    }

    private MatchedDocument? Find(IWriteTransaction transaction, CollectionDefinition collection, BsonDocument document, MergeStage stage)
    {
        var filter = new BsonDocument();
        foreach (var path in stage.On)
        {
            var value = path.Find(document);
            if (value is null && path.Text == "_id") return null;
            if (value is null or BsonNull or BsonUndefined or BsonArray)
            {
                throw MongoCommandFailedException.Location(51132, $"$merge write error: 'on' field '{path}' cannot be missing, null, undefined or an array");
            }

            filter.Add(path.Text, new BsonDocument("$eq", value));
        }

        foreach (var match in DocumentQuery.Parse(filter, context.Variables).Scan(collection).ContinueInPieces(transaction, context.Interruption)) return match;
        return null;
    }

    private void Change(CollectionWriter writer, MatchedDocument match, BsonDocument document, MergeStage stage)
    {
        var variables = context.Variables;
        UpdateOperation operation;
        switch (stage.WhenMatched)
        {
            case "keepExisting":
                return;
            case "fail":
                throw new MongoCommandFailedException(MongoErrorCode.DuplicateKey, $"E11000 duplicate key error collection: {writer.Collection.Name}: $merge found a document that is there already");
            case "merge":
                operation = new MergeUpdate(document);
                break;
            case "replace":
                operation = new ReplacementUpdate(document);
                break;
            default:
                var scope = new EvaluationScope(document, variables);
                variables = variables.With("new", document);
                foreach (var (name, expression) in stage.Let) variables = variables.With(name, expression.Evaluate(scope));
                operation = UpdateOperation.Parse(stage.Update!, null, variables);
                break;
        }

        new DocumentUpdate(operation, new UpdateContext(context.Now) { Variables = variables }).Apply(writer, match);
    }

    private static void Insert(CollectionWriter writer, BsonDocument document)
    {
        var complete = Writes.WithId(document);
        DocumentIdentity.CheckType(complete["_id"]);
        writer.Insert(BsonBytes.EncodeForStorage(complete));
    }

    private static void CheckUnique(CollectionDefinition? collection, MergeStage stage)
    {
        var names = stage.On.Select(path => path.Text).ToHashSet(StringComparer.Ordinal);
        if (names.SetEquals(["_id"])) return;
        if (collection?.Indexes.Any(index => index.IsUnique && index.Partial is null && names.SetEquals(index.Key.Names)) == true) return;
        throw MongoCommandFailedException.Location(51183, $"Cannot find index to verify that join fields will be unique: {string.Join(", ", names)}");
    }
}
