using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary><c>$dateFromString</c>.</summary>
internal sealed class DateFromStringExpression(Expression text, Expression? format, Expression? timezone, Expression? onError, Expression? onNull)
    : Expression
{
    public override BsonValue? Evaluate(EvaluationScope scope)
    {
        var value = text.Evaluate(scope);
        if (Operand.IsNullish(value)) return onNull is null ? BsonNull.Value : onNull.Evaluate(scope);
        var zone = timezone?.Evaluate(scope);
        var pattern = format?.Evaluate(scope);
        if ((timezone is not null && Operand.IsNullish(zone)) || (format is not null && Operand.IsNullish(pattern))) return BsonNull.Value;
        try
        {
            var given = value as BsonString
                ?? throw new MongoCommandFailedException(MongoErrorCode.ConversionFailure, $"$dateFromString requires that 'dateString' be a string, found: {Operand.TypeOf(value)}");
            return new BsonDateTime(DateReader.Read(
                given.Value, pattern is null ? null : Operand.String(pattern, "$dateFromString", 40684), zone is null ? null : DateZone.Of(zone)));
        }
        catch (MongoCommandFailedException failure) when (onError is not null && failure.Code == (int)MongoErrorCode.ConversionFailure)
        {
            return onError.Evaluate(scope);
        }
    }
}
