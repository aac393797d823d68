using MongoDB.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>What a new definition of a collection means as changes that change streams show.</summary>
internal static class CatalogueChanges
{
    private const string ImagesOption = "changeStreamPreAndPostImages";

    /// <summary>Whether a collection's changes are kept with the whole document before and after.</summary>
    public static bool KeepsImages(CollectionDefinition collection) =>
        collection.Options.ElementCount > 0 && collection.Options.TryGetValue(ImagesOption, out var images)
        && images is BsonDocument option && option.GetValue("enabled", false).ToBoolean();

    /// <summary>Adds the changes from one definition to the next; the index's note that it is multikey is none.</summary>
    public static void Note(List<OplogEntry> changes, CollectionDefinition? before, CollectionDefinition after)
    {
        if (after.Name.IsInternal) return;
        if (before is null)
        {
            var description = new BsonDocument("idIndex", after.IdIndex.Specification);
            description.AddRange(after.Options);
            changes.Add(Entry(OperationType.Create, after, description));
        }
        else if (before.Name != after.Name)
        {
            changes.Add(Rename(changes, before, after));
        }
        else if (!before.Options.Equals(after.Options))
        {
            changes.Add(Entry(OperationType.Modify, after, after.Options));
        }

        NoteIndexes(changes, before, after);
    }

    private static void NoteIndexes(List<OplogEntry> changes, CollectionDefinition? before, CollectionDefinition after)
    {
        foreach (var index in after.Indexes)
        {
            if (before?.Indexes.FirstOrDefault(known => known.Id == index.Id) is not { } known)
            {
                if (!index.IsId) changes.Add(Entry(OperationType.CreateIndexes, after, Listed(index)));
            }
            else if (!known.Specification.Equals(index.Specification))
            {
                changes.Add(Entry(OperationType.Modify, after, new BsonDocument("index", index.Specification)));
            }
        }

        foreach (var index in before?.Indexes ?? [])
        {
            if (after.Indexes.All(kept => kept.Id != index.Id)) changes.Add(Entry(OperationType.DropIndexes, after, Listed(index)));
        }
    }

    private static OplogEntry Rename(List<OplogEntry> changes, CollectionDefinition before, CollectionDefinition after)
    {
        var description = new BsonDocument("to", new BsonDocument { { "db", after.Name.Database }, { "coll", after.Name.Name } });
        if (changes.FindIndex(change => change.Type == OperationType.Drop && change.Name == after.Name) is var dropped and >= 0)
        {
            description.Add("dropTarget", new BsonBinaryData(changes[dropped].Uuid!.Value, GuidRepresentation.Standard));
            changes.RemoveAt(dropped);
        }

        return new OplogEntry { Type = OperationType.Rename, Name = before.Name, To = after.Name, Uuid = after.Uuid, Description = description };
    }

    private static OplogEntry Entry(string type, CollectionDefinition collection, BsonDocument description) =>
        new() { Type = type, Name = collection.Name, Uuid = collection.Uuid, Description = description };

    private static BsonDocument Listed(IndexDefinition index) => new("indexes", new BsonArray { index.Specification });
}
