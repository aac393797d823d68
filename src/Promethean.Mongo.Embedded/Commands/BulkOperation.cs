using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary>One element of <c>bulkWrite</c>'s <c>ops</c>: an insert, update or delete in one of the namespaces listed beside.</summary>
internal sealed class BulkOperation
{
    private readonly BsonDocument _operation;
    private readonly CollectionName _name;

    private BulkOperation(BsonDocument operation, CollectionName name)
    {
        _operation = operation;
        _name = name;
    }

    /// <summary>What it does: <c>insert</c>, <c>update</c> or <c>delete</c>.</summary>
    public string Kind => _operation.GetElement(0).Name;

    /// <exception cref="MongoCommandFailedException">It is none of the three, has a field that is not known, or names a namespace that is not listed.</exception>
    public static BulkOperation Read(ReadOnlyMemory<byte> bytes, IReadOnlyList<CollectionName> namespaces)
    {
        var operation = BsonBytes.Decode(bytes);
        var kind = operation.ElementCount > 0 ? operation.GetElement(0).Name : "";
        switch (kind)
        {
            case "insert":
                Writes.CheckFields(operation, "bulkWrite.ops", "insert", "document");
                break;
            case "update":
                Writes.CheckFields(
                    operation, "bulkWrite.ops", "update", "filter", "updateMods", "multi", "upsert", "arrayFilters", "hint", "constants", "collation", "sort");
                break;
            case "delete":
                Writes.CheckFields(operation, "bulkWrite.ops", "delete", "filter", "multi", "hint", "collation");
                break;
            default:
                throw MongoCommandFailedException.FailedToParse($"An operation of bulkWrite must begin with 'insert', 'update' or 'delete', not '{kind}'");
        }

        var place = operation[0];
        if (!place.IsNumeric || place.ToInt64() < 0 || place.ToInt64() >= namespaces.Count)
            throw MongoCommandFailedException.BadValue($"BulkWrite ops entry {operation} has an invalid nsInfo index.");
        return new BulkOperation(operation, namespaces[place.ToInt32()]);
    }

    /// <summary>Carries it out; returns <c>{n}</c>, for an update <c>{n, nModified, upserted?}</c>.</summary>
    public BsonDocument Run(IWriteTransaction transaction, CommandContext context)
    {
        switch (Kind)
        {
            case "insert":
                var document = BsonBytes.Encode(Required("document"));
                new CollectionWriter(transaction, Writes.Ensure(transaction, _name), context.Validation).Insert(Writes.WithId(document));
                return new BsonDocument("n", 1);
            case "update":
                return new UpdateStatement(AsUpdate(), context).Run(transaction, _name, context);
            default:
                return DeleteStatement.Run(AsDelete(), transaction, _name, context);
        }
    }

    private BsonDocument AsUpdate()
    {
        var statement = new BsonDocument { { "q", Required("filter") }, { "u", _operation.GetValue("updateMods", BsonNull.Value) } };
        Copy(statement, "multi", "upsert", "arrayFilters", "hint", "collation", "sort");
        if (_operation.TryGetValue("constants", out var constants)) statement.Add("c", constants);
        return statement;
    }

    private BsonDocument AsDelete()
    {
        var statement = new BsonDocument { { "q", Required("filter") }, { "limit", _operation.GetValue("multi", false).ToBoolean() ? 0 : 1 } };
        Copy(statement, "hint", "collation");
        return statement;
    }

    private void Copy(BsonDocument statement, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (_operation.TryGetValue(field, out var value)) statement.Add(field, value);
        }
    }

    private BsonDocument Required(string field) => _operation.GetValue(field, BsonNull.Value) as BsonDocument
        ?? throw MongoCommandFailedException.Location(40414, $"BSON field 'bulkWrite.ops.{field}' is missing but a required field");
}
