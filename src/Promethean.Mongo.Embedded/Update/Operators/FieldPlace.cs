using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary>Where an operator is applied: the document being changed, the path as written, and the command's context.</summary>
internal readonly record struct FieldPlace(BsonDocument Root, string Path, UpdateContext Context)
{
    /// <summary>The document's <c>_id</c> as messages show it.</summary>
    public string Id => $"{{_id: {Root.GetValue("_id", BsonNull.Value)}}}";

    /// <summary>The last name of the path.</summary>
    public string Field => Path[(Path.LastIndexOf('.') + 1)..];
}
