using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary>
/// <c>$lookup</c>: an array of the matching documents of another collection, by equal fields, by a pipeline with variables, or both.
/// The other collection is read once per run; equal fields are found by hash.
/// </summary>
internal sealed class LookupStage : Stage
{
    private readonly string? _from;
    private readonly string[] _as;
    private readonly FieldPath? _localField;
    private readonly FieldPath? _foreignField;
    private readonly KeyValuePair<string, Expression>[] _let;
    private readonly Pipeline? _pipeline;

    private LookupStage(StageArguments arguments, ParseScope scope)
    {
        _as = ExpressionParser.ParsePath(arguments.Text("as"));
        if ((arguments["localField"] is null) != (arguments["foreignField"] is null))
        {
            throw MongoCommandFailedException.FailedToParse("$lookup requires both or neither of 'localField' and 'foreignField' to be specified");
        }

        if (arguments["localField"] is not null)
        {
            _localField = FieldPath.Parse(string.Join('.', ExpressionParser.ParsePath(arguments.Text("localField"))));
            _foreignField = FieldPath.Parse(string.Join('.', ExpressionParser.ParsePath(arguments.Text("foreignField"))));
        }

        var inner = scope;
        var let = StageArguments.Document("$lookup let", arguments["let"] ?? new BsonDocument());
        _let = new KeyValuePair<string, Expression>[let.ElementCount];
        for (var i = 0; i < _let.Length; i++)
        {
            var variable = let.GetElement(i);
            _let[i] = new(variable.Name, Expression.Parse(variable.Value, scope));
            inner = inner.With(variable.Name);
        }

        _pipeline = arguments.Pipeline("pipeline", inner);
        _from = arguments["from"] is null && _pipeline?.StartsItself == true ? null : arguments.Text("from");
        if (_pipeline is null && _localField is null)
        {
            throw MongoCommandFailedException.FailedToParse("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
        }

        if (_pipeline is null && _let.Length > 0) throw MongoCommandFailedException.FailedToParse("$lookup with a 'let' argument must also specify 'pipeline'");
    }

    public override IEnumerable<string> OtherCollections => [.. _from is null ? [] : (string[])[_from], .. _pipeline?.OtherCollections ?? []];

    public static LookupStage Parse(BsonValue value, ParseScope scope) =>
        new(new StageArguments("$lookup", value, "from", "as", "localField", "foreignField", "let", "pipeline"), scope);

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        List<BsonDocument>? all = null;
        ForeignIndex? index = null;
        foreach (var document in input)
        {
            IEnumerable<BsonDocument> matches;
            if (_localField is not null)
            {
                index ??= new ForeignIndex(Read(context), _foreignField!);
                matches = index.Find(ForeignIndex.ValuesAt(document, _localField));
            }
            else
            {
                matches = all ??= [.. Read(context)];
            }

            if (_pipeline is not null) matches = _pipeline.Run(matches, context.With(VariablesFor(document, context)));
            yield return DocumentPath.With(document, _as, 0, new BsonArray(matches));
        }
    }

    private IEnumerable<BsonDocument> Read(PipelineContext context) => _from is null ? [] : context.ReadCollection(_from);

    private Variables VariablesFor(BsonDocument document, PipelineContext context)
    {
        var scope = new EvaluationScope(document, context.Variables);
        var variables = context.Variables;
        foreach (var (name, expression) in _let) variables = variables.With(name, expression.Evaluate(scope));
        return variables;
    }
}
