using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$graphLookup</c>: what can be reached in another collection, breadth first, each document once.</summary>
internal sealed class GraphLookupStage : Stage
{
    private readonly string _from;
    private readonly string[] _as;
    private readonly Expression _startWith;
    private readonly FieldPath _connectFrom;
    private readonly FieldPath _connectTo;
    private readonly long _maxDepth;
    private readonly string[]? _depthField;
    private readonly DocumentFilter? _restriction;

    private GraphLookupStage(StageArguments arguments, ParseScope scope)
    {
        _from = arguments.Text("from");
        _as = ExpressionParser.ParsePath(arguments.Text("as"));
        _startWith = Expression.Parse(arguments.Required("startWith"), scope);
        _connectFrom = FieldPath.Parse(string.Join('.', ExpressionParser.ParsePath(arguments.Text("connectFromField"))));
        _connectTo = FieldPath.Parse(string.Join('.', ExpressionParser.ParsePath(arguments.Text("connectToField"))));
        _depthField = arguments["depthField"] is null ? null : ExpressionParser.ParsePath(arguments.Text("depthField"));
        _maxDepth = long.MaxValue;
        if (arguments["maxDepth"] is { } depth && (!Numbers.TryToInt64(depth, out _maxDepth) || _maxDepth < 0))
        {
            throw MongoCommandFailedException.Location(40101, $"maxDepth requires a nonnegative argument, found: {depth}");
        }

        _restriction = arguments["restrictSearchWithMatch"] switch
        {
            null => null,
            BsonDocument filter => DocumentFilter.Parse(filter, scope),
            _ => throw MongoCommandFailedException.Location(40185, "restrictSearchWithMatch must be an object"),
        };
    }

    public override IEnumerable<string> OtherCollections => [_from];

    public static GraphLookupStage Parse(BsonValue value, ParseScope scope) => new(
        new StageArguments(
            "$graphLookup", value, "from", "as", "startWith", "connectFromField", "connectToField", "maxDepth", "depthField", "restrictSearchWithMatch"),
        scope);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        ForeignIndex? index = null;
        foreach (var document in input)
        {
            index ??= new ForeignIndex(Restricted(context), _connectTo);
            var start = _startWith.Evaluate(new EvaluationScope(document, context.Variables));
            yield return DocumentPath.With(document, _as, 0, Search(start, index));
        }
    }

    private IEnumerable<BsonDocument> Restricted(PipelineContext context)
    {
        var all = context.ReadCollection(_from);
        return _restriction is null ? all : all.Where(document => _restriction.Matches(document, context.Variables));
    }

    private BsonArray Search(BsonValue? start, ForeignIndex index)
    {
        var reached = new BsonArray();
        var visited = new HashSet<BsonDocument>(ReferenceEqualityComparer.Instance);
        IReadOnlyList<BsonValue> frontier = start switch
        {
            null => [],
            BsonArray several => [.. several],
            _ => [start],
        };
        for (var depth = 0L; frontier.Count > 0 && depth <= _maxDepth; depth++)
        {
            var next = new List<BsonValue>();
            foreach (var document in index.Find(frontier))
            {
                if (!visited.Add(document)) continue;
                reached.Add(_depthField is null ? document : DocumentPath.With(document, _depthField, 0, new BsonInt64(depth)));
                next.AddRange(ForeignIndex.ValuesAt(document, _connectFrom));
            }

            frontier = next;
        }

        return reached;
    }
}
