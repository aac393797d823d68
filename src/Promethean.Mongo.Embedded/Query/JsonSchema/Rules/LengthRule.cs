using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>minLength</c> and <c>maxLength</c>, in code points.</summary>
internal sealed class LengthRule(BsonElement keyword, long limit, bool isMinimum) : KeywordRule(keyword, "specified string length was not satisfied")
{
    public override bool Holds(BsonValue value)
    {
        if (value is not BsonString text) return true;
        var length = text.Value.EnumerateRunes().Count();
        return isMinimum ? length >= limit : length <= limit;
    }
}
