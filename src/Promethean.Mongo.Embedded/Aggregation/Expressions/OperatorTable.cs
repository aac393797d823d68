using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>The expression operators by name; each family adds its own.</summary>
internal sealed class OperatorTable
{
    private readonly Dictionary<string, Func<BsonValue, ParseScope, Expression>> _parsers = new(StringComparer.Ordinal);

    private OperatorTable()
    {
        ArithmeticOperators.AddTo(this);
        ComparisonOperators.AddTo(this);
        LogicalOperators.AddTo(this);
        StringOperators.AddTo(this);
        SubstringOperators.AddTo(this);
        RegexOperators.AddTo(this);
        ArrayOperators.AddTo(this);
        IterationOperators.AddTo(this);
        SetOperators.AddTo(this);
        ObjectOperators.AddTo(this);
        TypeOperators.AddTo(this);
        DateOperators.AddTo(this);
        AccumulatingOperators.AddTo(this);
        TrigonometryOperators.AddTo(this);
        BitwiseOperators.AddTo(this);
        SizeOperators.AddTo(this);
        SelectionOperators.AddTo(this);
        DateArithmetic.AddTo(this);
        DateParts.AddTo(this);
    }

    public static OperatorTable Instance { get; } = new();

    /// <summary>Every operator's name.</summary>
    public IReadOnlyCollection<string> Names => _parsers.Keys;

    /// <summary>Reads the operator <paramref name="name"/> with its arguments.</summary>
    public Expression Parse(string name, BsonValue arguments, ParseScope scope) => _parsers.TryGetValue(name, out var parser)
        ? parser(arguments, scope)
        : throw (name is "$function" or "$accumulator"
            ? RefusedOperators.JavaScript(name)
            : new MongoCommandFailedException(MongoErrorCode.InvalidPipelineOperator, $"Unrecognized expression '{name}'"));

    /// <summary>Adds an operator with a syntax of its own.</summary>
    public void Add(string name, Func<BsonValue, ParseScope, Expression> parser) => _parsers.Add(name, parser);

    /// <summary>Adds an operator with a list of arguments, <c>{$op: [a, b]}</c>, or a single one without the brackets.</summary>
    public void Add(string name, int least, int most, Func<BsonValue?[], BsonValue?> function) =>
        _parsers.Add(name, (value, scope) => new FunctionExpression(Arguments(name, value, scope, least, most), function));

    /// <summary>Adds an operator with exactly one argument.</summary>
    public void Add(string name, Func<BsonValue?, BsonValue?> function) => Add(name, 1, 1, values => function(values[0]));

    /// <summary>Adds an operator with exactly two arguments.</summary>
    public void Add(string name, Func<BsonValue?, BsonValue?, BsonValue?> function) => Add(name, 2, 2, values => function(values[0], values[1]));

    /// <summary>Adds an operator with named arguments, <c>{$op: {input: a, chars: b}}</c>; the function gets them in the order given here.</summary>
    public void AddNamed(string name, string[] required, string[] optional, Func<BsonValue?[], BsonValue?> function) =>
        _parsers.Add(name, (value, scope) =>
        {
            var named = new NamedArguments(name, value, required, optional);
            return new FunctionExpression([.. required.Concat(optional).Select(key => named.Parse(key, scope))], function);
        });

    /// <summary>Reads a list of arguments and checks how many there are.</summary>
    public static Expression[] Arguments(string name, BsonValue value, ParseScope scope, int least, int most)
    {
        Expression[] arguments = value is BsonArray array ? ExpressionParser.ParseAll(array, scope) : [ExpressionParser.Parse(value, scope)];
        if (arguments.Length >= least && arguments.Length <= most) return arguments;
        throw least == most
            ? MongoCommandFailedException.Location(16020, $"Expression {name} takes exactly {least} arguments. {arguments.Length} were passed in.")
            : MongoCommandFailedException.Location(28667, $"Expression {name} takes at least {least} arguments, and at most {most}, but {arguments.Length} were passed in.");
    }
}
