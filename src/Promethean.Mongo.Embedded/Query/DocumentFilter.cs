using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Query.Matchers;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>
/// A query filter, parsed once ("Query Documents" in MongoDB's manual). Immutable and safe for any number of threads; matching a
/// plain equality on a top-level field allocates nothing.
/// </summary>
internal sealed class DocumentFilter
{
    private readonly Matcher _matcher;
    private readonly Variables _variables;

    private DocumentFilter(Matcher matcher, Variables variables, bool isEmpty)
    {
        _matcher = matcher;
        _variables = variables;
        IsEmpty = isEmpty;
        var bounds = new List<FieldBounds>();
        matcher.AddBounds(bounds);
        Bounds = bounds;
    }

    /// <summary>Whether the filter has no conditions and matches every document.</summary>
    public bool IsEmpty { get; }

    /// <summary>What the filter implies for index keys, one item per condition; see <see cref="FieldBounds"/> for how to combine them.</summary>
    public IReadOnlyList<FieldBounds> Bounds { get; }

    /// <summary>Reads a filter. <paramref name="variables"/> are what <c>$expr</c> may read: a command's <c>let</c>, and the time.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">The filter is malformed or has an unknown operator.</exception>
    public static DocumentFilter Parse(BsonDocument filter, Variables? variables = null)
    {
        variables ??= Variables.None;
        return new(new FilterParser(ParseScope.Of(variables)).Parse(filter), variables, filter.ElementCount == 0);
    }

    /// <summary>Reads the filter of a <c>$match</c> stage, whose variables come with each evaluation.</summary>
    internal static DocumentFilter Parse(BsonDocument filter, ParseScope scope) =>
        new(new FilterParser(scope).Parse(filter), Variables.None, filter.ElementCount == 0);

    /// <summary>Whether the document matches.</summary>
    public bool Matches(BsonDocument document)
    {
        var position = -1;
        return _matcher.Matches(document, _variables, ref position);
    }

    /// <summary>
    /// Whether the document matches, and by which array element: the place a positional <c>$</c> in an update or projection stands for.
    /// </summary>
    public bool Matches(BsonDocument document, out int? positionalIndex)
    {
        var position = -1;
        var matches = _matcher.Matches(document, _variables, ref position);
        positionalIndex = matches && position >= 0 ? position : null;
        return matches;
    }

    /// <summary>Whether the document matches, with other variables than those at parsing.</summary>
    internal bool Matches(BsonDocument document, Variables variables)
    {
        var position = -1;
        return _matcher.Matches(document, variables, ref position);
    }

    /// <summary>Adds what the filter says a document must be equal to, as path and value.</summary>
    internal void AddEqualities(List<KeyValuePair<string, BsonValue>> equalities) => _matcher.AddEqualities(equalities);
}
