using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$convert</c> with its <c>onError</c> and <c>onNull</c>.</summary>
internal sealed class ConvertExpression(Expression input, Expression to, Expression? onError, Expression? onNull) : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var value = input.Evaluate(scope);
        var target = to.Evaluate(scope);
        if (Operand.IsNullish(value)) return onNull is null ? BsonNull.Value : onNull.Evaluate(scope);
        if (Operand.IsNullish(target)) return BsonNull.Value;
        var type = TypeOperators.TypeNamed(target!);
        try
        {
            return Conversion.Convert(value!, type);
        }
        catch (MongoCommandFailedException failure) when (onError is not null && failure.Code == (int)MongoErrorCode.ConversionFailure)
        {
            return onError.Evaluate(scope);
        }
    }
}
