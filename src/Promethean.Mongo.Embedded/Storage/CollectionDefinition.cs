using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Validation;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>A collection as the catalogue knows it. Immutable; a change makes a new definition with the same <see cref="Id"/>.</summary>
internal sealed record CollectionDefinition
{
    /// <summary>Names the collection's records in storage; never used twice, and kept when the collection is renamed.</summary>
    public required long Id { get; init; }

    public required CollectionName Name { get; init; }

    public required Guid Uuid { get; init; }

    /// <summary>The options it was created with or has been given since, as listCollections shows them.</summary>
    public BsonDocument Options
    {
        get;
        init
        {
            field = value;
            Validation = ValidationRule.Of(value);
        }
    } = [];

    /// <summary>What its documents must be like, or null if anything goes.</summary>
    public ValidationRule? Validation { get; private init; }

    /// <summary>Its indexes, the one on <c>_id</c> first.</summary>
    public required ImmutableArray<IndexDefinition> Indexes { get; init; }

    public IndexDefinition IdIndex => Indexes[0];

    public BsonDocument ToBson() => new()
    {
        { "id", Id },
        { "database", Name.Database },
        { "name", Name.Name },
        { "uuid", new BsonBinaryData(Uuid, GuidRepresentation.Standard) },
        { "options", Options },
        { "indexes", new BsonArray(Indexes.Select(index => index.ToBson())) },
    };

    public static CollectionDefinition FromBson(BsonDocument stored) => new()
    {
        Id = stored["id"].AsInt64,
        Name = new CollectionName(stored["database"].AsString, stored["name"].AsString),
        Uuid = stored["uuid"].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard),
        Options = stored["options"].AsBsonDocument,
        Indexes = [.. stored["indexes"].AsBsonArray.Select(index => IndexDefinition.FromBson(index.AsBsonDocument))],
    };
}
