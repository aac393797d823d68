using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query.Projections;

/// <summary>Reads a projection into a tree of its paths.</summary>
/// <remarks>
/// <code>
/// projection = { (path: 0 | 1 | true | false | { projection } | expression | "$slice" | "$elemMatch")* | ("path.$": 1)? }
/// </code>
/// The first field other than <c>_id</c> decides between inclusion and exclusion; <c>_id</c> may be dropped from an inclusion.
/// </remarks>
internal sealed class ProjectionParser(ParseScope scope, bool forFind)
{
    private readonly List<(FieldPath Path, bool Included)> _flags = [];
    private readonly List<(FieldPath Path, Expression Value)> _computed = [];
    private readonly List<ArrayProjection> _arrays = [];

    /// <summary>The tree.</summary>
    public ProjectionNode Root { get; private set; } = new(isInclusion: false);

    /// <summary>What is done to arrays afterwards.</summary>
    public IReadOnlyList<ArrayProjection> Arrays => _arrays;

    public ProjectionParser Parse(BsonDocument specification)
    {
        if (!forFind && specification.ElementCount == 0)
        {
            throw MongoCommandFailedException.Location(51272, "Invalid $project :: caused by :: projection specification must have at least one field");
        }

        ParseLevel(specification, string.Empty, scope);
        CheckCollisions();
        var isInclusion = Decide();
        Root = new ProjectionNode(isInclusion);
        var idDropped = false;
        foreach (var (path, included) in _flags)
        {
            if (path.Text == "_id" && !included && isInclusion)
            {
                idDropped = true;
                continue;
            }

            // An included _id is no news to an exclusion.
            if (path.Text == "_id" && included && !isInclusion) continue;
            if (included != isInclusion)
            {
                throw included
                    ? MongoCommandFailedException.Location(31253, $"Cannot do inclusion on field {path} in exclusion projection")
                    : MongoCommandFailedException.Location(31254, $"Cannot do exclusion on field {path} in inclusion projection");
            }

            Parent(path).AddLeaf(path.Parts[path.Length - 1]);
        }

        if (_computed.Count > 0 && !isInclusion) throw MongoCommandFailedException.Location(31252, "Cannot use expression other than $meta in exclusion projection");
        foreach (var (path, value) in _computed) Parent(path).AddComputed(path.Parts[path.Length - 1], value);
        if (isInclusion)
        {
            foreach (var array in _arrays) Parent(array.Path).AddLeaf(array.Path.Parts[array.Path.Length - 1]);
            if (!idDropped && !AllPaths().Any(path => path.Parts[0] == "_id")) Root.AddLeaf("_id");
        }

        return this;
    }

    private void ParseLevel(BsonDocument level, string prefix, ParseScope inner)
    {
        foreach (var element in level)
        {
            if (element.Name.StartsWith('$')) throw MongoCommandFailedException.Location(16410, $"FieldPath field names may not start with '$'. Found: {element.Name}");
            var text = prefix + element.Name;
            if (forFind && text.EndsWith(".$", StringComparison.Ordinal))
            {
                if (_arrays.Exists(array => array is PositionalProjection)) throw MongoCommandFailedException.Location(31276, "Cannot specify more than one positional projection per query.");
                _arrays.Add(new PositionalProjection(PathOf(text[..^2])));
                continue;
            }

            ParseField(PathOf(text), element.Value, inner);
        }
    }

    private void ParseField(FieldPath path, BsonValue value, ParseScope inner)
    {
        switch (value)
        {
            case BsonBoolean or BsonInt32 or BsonInt64 or BsonDouble or BsonDecimal128:
                _flags.Add((path, Truth.Of(value)));
                break;
            case BsonDocument { ElementCount: 0 }:
                throw MongoCommandFailedException.Location(51270, $"An empty sub-projection is not a valid value. Found empty object at path {path}");
            case BsonDocument document when document.GetElement(0).Name.StartsWith('$'):
                ParseOperator(path, document, inner);
                break;
            case BsonDocument document:
                ParseLevel(document, path.Text + ".", inner.Deeper());
                break;
            default:
                _computed.Add((path, Expression.Parse(value, inner)));
                break;
        }
    }

    private void ParseOperator(FieldPath path, BsonDocument document, ParseScope inner)
    {
        var (name, operand) = (document.GetElement(0).Name, document.GetElement(0).Value);
        if (forFind && name == "$slice" && SliceProjection.Takes(operand)) _arrays.Add(new SliceProjection(path, operand));
        else if (forFind && name == "$elemMatch") _arrays.Add(new ElementProjection(path, document, scope));
        else if (!OperatorTable.Instance.Names.Contains(name) && name is not ("$function" or "$accumulator")) throw MongoCommandFailedException.Location(31325, $"Invalid $project :: caused by :: Unknown expression {name}");
        else _computed.Add((path, Expression.Parse(document, inner)));
    }

    private bool Decide()
    {
        foreach (var (path, included) in _flags)
        {
            if (path.Text != "_id") return included;
        }

        if (_computed.Count > 0 || _arrays.Exists(array => array.Includes)) return true;
        return _flags.Count > 0 && _flags[0].Included;
    }

    private void CheckCollisions()
    {
        var paths = AllPaths().ToList();
        for (var i = 0; i < paths.Count; i++)
        {
            for (var j = 0; j < paths.Count; j++)
            {
                if (i != j && paths[i].IsPrefixOf(paths[j])) throw MongoCommandFailedException.Location(31250, $"Path collision at {paths[j]}");
            }
        }
    }

    private IEnumerable<FieldPath> AllPaths() =>
        _flags.Select(flag => flag.Path).Concat(_computed.Select(field => field.Path)).Concat(_arrays.Select(array => array.Path));

    private ProjectionNode Parent(FieldPath path)
    {
        var node = Root;
        for (var part = 0; part < path.Length - 1; part++) node = node.Child(path.Parts[part]);
        return node;
    }

    private static FieldPath PathOf(string text)
    {
        var path = FieldPath.Parse(text);
        foreach (var part in path.Parts)
        {
            if (part.Length == 0) throw MongoCommandFailedException.Location(15998, "FieldPath field names may not be empty strings.");
            if (part[0] == '$') throw MongoCommandFailedException.Location(31394, $"As of 4.4, it's illegal to specify positional operator in the middle of a path. Found: {text}");
        }

        return path;
    }
}
