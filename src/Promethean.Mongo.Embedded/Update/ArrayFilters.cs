using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>The filters that say which array elements <c>$[identifier]</c> stands for.</summary>
internal sealed class ArrayFilters
{
    private readonly Dictionary<string, DocumentFilter> _filters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unused = new(StringComparer.Ordinal);

    /// <summary>Reads the command's <c>arrayFilters</c>.</summary>
    public static ArrayFilters Parse(BsonArray? filters)
    {
        var all = new ArrayFilters();
        foreach (var item in filters ?? [])
        {
            if (item is not BsonDocument filter) throw MongoCommandFailedException.TypeMismatch("arrayFilters must be an array of objects");
            var identifier = IdentifierOf(filter)
                ?? throw MongoCommandFailedException.FailedToParse("Cannot use an expression without a top-level field name in arrayFilters");
            if (!all._filters.TryAdd(identifier, DocumentFilter.Parse(filter)))
            {
                throw MongoCommandFailedException.FailedToParse($"Found multiple array filters with the same top-level field name {identifier}");
            }

            all._unused.Add(identifier);
        }

        return all;
    }

    /// <summary>The filter an identifier in a path names.</summary>
    public DocumentFilter Use(string identifier, string path)
    {
        _unused.Remove(identifier);
        return _filters.TryGetValue(identifier, out var filter)
            ? filter
            : throw MongoCommandFailedException.BadValue($"No array filter found for identifier '{identifier}' in path '{path}'");
    }

    /// <summary>Refuses filters that no path has used.</summary>
    public void CheckAllUsed(BsonDocument update)
    {
        foreach (var identifier in _unused)
        {
            throw MongoCommandFailedException.FailedToParse($"The array filter for identifier '{identifier}' was not used in the update {update}");
        }
    }

    private static string? IdentifierOf(BsonDocument filter)
    {
        string? found = null;
        foreach (var element in filter)
        {
            foreach (var name in NamesIn(element))
            {
                found ??= name;
                if (name != found)
                {
                    throw MongoCommandFailedException.FailedToParse($"Error parsing array filter :: caused by :: Expected a single top-level field name, found '{found}' and '{name}'");
                }
            }
        }

        return found;
    }

    private static IEnumerable<string> NamesIn(BsonElement element)
    {
        if (!element.Name.StartsWith('$')) return [element.Name.Split('.', 2)[0]];
        return element.Value is BsonArray clauses
            ? clauses.OfType<BsonDocument>().Select(IdentifierOf).OfType<string>()
            : [];
    }
}
