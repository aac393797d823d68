using System.Text.RegularExpressions;
using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary><c>pattern</c>: a string the regular expression is found in.</summary>
internal sealed class PatternRule(BsonElement keyword) : KeywordRule(keyword, "regular expression did not match")
{
    private readonly Regex _pattern = MongoRegex.Compile(new BsonRegularExpression(keyword.Value.AsString));

    public override bool Holds(BsonValue value) => value is not BsonString text || MongoRegex.IsMatch(_pattern, text.Value);
}
