using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Expressions;

namespace Promethean.Mongo.Embedded.Aggregation;

/// <summary>
/// An aggregation expression ("Expressions", "Expression Operators" in MongoDB's manual). Immutable and safe for any number of
/// threads. A null <see cref="BsonValue"/> stands for a missing value, which is not the same as BSON's null.
/// </summary>
internal abstract class Expression
{
    /// <summary>Reads an expression.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">An unknown operator (code 168), an undefined variable, wrong arguments.</exception>
    public static Expression Parse(BsonValue expression, ParseScope scope) => ExpressionParser.Parse(expression, scope);

    /// <summary>Reads an expression that may use <paramref name="variables"/>.</summary>
    public static Expression Parse(BsonValue expression, Variables? variables = null) => Parse(expression, ParseScope.Of(variables ?? Variables.None));

    /// <summary>Evaluates against a document and variables; null if the result is missing.</summary>
    /// <exception cref="Errors.MongoCommandFailedException">A value of a type the operator does not take, a failed conversion, ….</exception>
    public abstract BsonValue? Evaluate(EvaluationScope scope);

    /// <summary>Evaluates against a document.</summary>
    public BsonValue? Evaluate(BsonDocument document, Variables? variables = null) => Evaluate(new EvaluationScope(document, variables ?? Variables.None));
}
