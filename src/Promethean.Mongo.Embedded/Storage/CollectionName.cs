namespace Promethean.Mongo.Embedded.Storage;

/// <summary>A database and a collection in it; written <c>database.collection</c>.</summary>
internal readonly record struct CollectionName(string Database, string Name)
{
    public override string ToString() => $"{Database}.{Name}";
}
