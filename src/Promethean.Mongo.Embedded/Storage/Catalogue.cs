using System.Collections.Immutable;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>All collections at one moment. Immutable.</summary>
internal sealed class Catalogue
{
    private readonly ImmutableDictionary<CollectionName, CollectionDefinition> _collections;

    private Catalogue(ImmutableDictionary<CollectionName, CollectionDefinition> collections, long version)
    {
        _collections = collections;
        Version = version;
    }

    public static Catalogue Empty { get; } = new(ImmutableDictionary<CollectionName, CollectionDefinition>.Empty, 0);

    /// <summary>Grows with every change.</summary>
    public long Version { get; }

    /// <summary>Every collection of clients, by database and name.</summary>
    public IEnumerable<CollectionDefinition> Collections =>
        _collections.Values
            .Where(collection => !collection.Name.IsInternal)
            .OrderBy(collection => collection.Name.Database, StringComparer.Ordinal)
            .ThenBy(collection => collection.Name.Name, StringComparer.Ordinal);

    public CollectionDefinition? Find(CollectionName name) => _collections.GetValueOrDefault(name);

    /// <summary>The collections of one database, by name.</summary>
    public IEnumerable<CollectionDefinition> In(string database) => Collections.Where(collection => collection.Name.Database == database);

    /// <summary>The catalogue read back from storage.</summary>
    public static Catalogue Of(IEnumerable<CollectionDefinition> collections, long version) =>
        new(collections.ToImmutableDictionary(collection => collection.Name), version);

    /// <summary>With a collection added, or changed in place of the one that has its id.</summary>
    public Catalogue With(CollectionDefinition collection)
    {
        var others = _collections;
        if (FindById(collection.Id) is { } before && before.Name != collection.Name) others = others.Remove(before.Name);
        return new Catalogue(others.SetItem(collection.Name, collection), Version + 1);
    }

    public Catalogue Without(CollectionDefinition collection) => new(_collections.Remove(collection.Name), Version + 1);

    public bool HasIndex(long id) => _collections.Values.Any(collection => collection.Indexes.Any(index => index.Id == id));

    public CollectionDefinition? FindById(long id) => _collections.Values.FirstOrDefault(collection => collection.Id == id);
}
