using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>An index as the catalogue knows it. Immutable; a change makes a new definition.</summary>
internal sealed record IndexDefinition
{
    /// <summary>Names the index's entries in storage; never used twice.</summary>
    public required long Id { get; init; }

    /// <summary>What listIndexes shows: <c>{v, key, name, unique?, sparse?, hidden?, expireAfterSeconds?, partialFilterExpression?}</c>.</summary>
    public required BsonDocument Specification
    {
        get;
        init
        {
            field = value;
            Name = value["name"].AsString;
            Key = value["key"].AsBsonDocument;
            Fields = [.. Key.Select(element => new IndexField(FieldPath.Parse(element.Name), element.Value.ToDouble() < 0))];
            Paths = [.. Fields.Select(indexed => indexed.Path)];
            Descending = [.. Fields.Select(indexed => indexed.Descending)];
            IsUnique = value.GetValue("unique", false).ToBoolean();
            IsSparse = value.GetValue("sparse", false).ToBoolean();
            IsHidden = value.GetValue("hidden", false).ToBoolean();
            ExpireAfter = value.TryGetValue("expireAfterSeconds", out var seconds) ? TimeSpan.FromSeconds(seconds.ToInt32()) : null;
            Partial = value.TryGetValue("partialFilterExpression", out var partial) ? partial.AsBsonDocument : null;
            PartialFilter = Partial is null ? null : DocumentFilter.Parse(Partial);
        }
    }

    /// <summary>Whether some document has had more than one key in this index.</summary>
    public bool IsMultikey { get; init; }

    public string Name { get; private init; } = "";

    public BsonDocument Key { get; private init; } = [];

    public IReadOnlyList<IndexField> Fields { get; private init; } = [];

    public IReadOnlyList<FieldPath> Paths { get; private init; } = [];

    public bool[] Descending { get; private init; } = [];

    /// <summary>Whether two documents may not share a key; always so for <c>_id</c>.</summary>
    public bool IsUnique { get; private init; }

    public bool IsSparse { get; private init; }

    /// <summary>Whether it is kept but not used by queries.</summary>
    public bool IsHidden { get; private init; }

    /// <summary>How long after the date in its field a document is deleted; null for never.</summary>
    public TimeSpan? ExpireAfter { get; private init; }

    public BsonDocument? Partial { get; private init; }

    /// <summary>Which documents are in the index; null for all.</summary>
    public DocumentFilter? PartialFilter { get; private init; }

    /// <summary>Whether this is the index on <c>_id</c> that every collection has.</summary>
    public bool IsId => Name == "_id_";

    /// <summary>The index on <c>_id</c>; unique without saying so, as in MongoDB.</summary>
    public static IndexDefinition ForId(long id) => new()
    {
        Id = id,
        Specification = new BsonDocument { { "v", 2 }, { "key", new BsonDocument("_id", 1) }, { "name", "_id_" } },
        IsUnique = true,
    };

    public BsonDocument ToBson() => new() { { "id", Id }, { "specification", Specification }, { "multikey", IsMultikey } };

    public static IndexDefinition FromBson(BsonDocument stored)
    {
        var id = stored["id"].AsInt64;
        var specification = stored["specification"].AsBsonDocument;
        return specification["name"] == "_id_"
            ? ForId(id)
            : new IndexDefinition { Id = id, Specification = specification, IsMultikey = stored["multikey"].AsBoolean };
    }
}
