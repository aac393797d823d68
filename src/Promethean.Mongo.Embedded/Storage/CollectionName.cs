namespace Promethean.Mongo.Embedded.Storage;

/// <summary>A database and a collection in it; written <c>database.collection</c>.</summary>
internal readonly record struct CollectionName(string Database, string Name)
{
    /// <summary>Whether the server keeps it for itself: no client can name such a database.</summary>
    public bool IsInternal => Database.StartsWith('$');

    public override string ToString() => $"{Database}.{Name}";
}
