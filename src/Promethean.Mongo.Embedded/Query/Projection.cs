using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Query.Projections;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>
/// Which fields of a document are returned ("Project Fields to Return from Query", "$project" in the manual): an inclusion or an
/// exclusion, with computed fields. Immutable and safe for any number of threads.
/// </summary>
internal sealed class Projection
{
    private readonly ProjectionNode _root;
    private readonly IReadOnlyList<ArrayProjection> _arrays;
    private readonly Variables _variables;

    private Projection(ProjectionParser parsed, Variables variables)
    {
        _root = parsed.Root;
        _arrays = parsed.Arrays;
        _variables = variables;
    }

    /// <summary>Whether the projection keeps only the fields it names; else it drops those.</summary>
    public bool IsInclusion => _root.IsInclusion;

    /// <summary>Reads the projection of a find or findAndModify, which may also slice and search arrays.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">Inclusion mixed with exclusion (31253, 31254), paths in conflict (31250), ….</exception>
    public static Projection Parse(BsonDocument specification, Variables? variables = null)
    {
        variables ??= Variables.None;
        return new Projection(new ProjectionParser(ParseScope.Of(variables), forFind: true).Parse(specification), variables);
    }

    /// <summary>Reads the specification of a <c>$project</c> stage.</summary>
    public static Projection ParseStage(BsonDocument specification, ParseScope scope) =>
        new(new ProjectionParser(scope, forFind: false).Parse(specification), Variables.None);

    /// <summary>
    /// Makes the projected document; the source is not modified, but values may be shared with it.
    /// <paramref name="positionalIndex"/> is what <see cref="DocumentFilter.Matches(BsonDocument, out int?)"/> told, for a positional <c>$</c>.
    /// </summary>
    public BsonDocument Apply(BsonDocument document, int? positionalIndex = null) => Apply(document, positionalIndex, _variables);

    /// <summary>Makes the projected document with other variables than those at parsing.</summary>
    public BsonDocument Apply(BsonDocument document, int? positionalIndex, Variables variables)
    {
        var result = _root.Apply(document, new EvaluationScope(document, variables));
        foreach (var array in _arrays) array.Apply(result, positionalIndex, variables);
        return result;
    }
}
