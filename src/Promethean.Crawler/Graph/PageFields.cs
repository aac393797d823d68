using MongoDB.Bson;

namespace Promethean.Crawler;

/// <summary>Reads parts of the documents of <c>pages</c>.</summary>
internal static class PageFields
{
    /// <summary>What the shape of a page's document is called; it rises when the shape changes.</summary>
    public const int SchemaVersion = 1;

    public static string? Text(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) && value.IsString ? value.AsString : null;

    public static BsonDocument? Part(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) && value.IsBsonDocument ? value.AsBsonDocument : null;

    public static bool Flag(this BsonDocument page, string name) => page.Part("flags") is { } flags && flags.GetValue(name, false).ToBoolean();

    public static IReadOnlyList<string> Tags(this BsonDocument page) =>
        page.TryGetValue("tags", out var tags) && tags.IsBsonArray ? [.. tags.AsBsonArray.Select(tag => tag.AsString)] : [];
}
