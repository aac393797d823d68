using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Query.JsonSchema.Rules;

/// <summary>A rule that stands by itself, without inner schemas: its failure repeats the keyword as written and gives a reason.</summary>
internal abstract class KeywordRule(BsonElement keyword, string reason) : SchemaRule
{
    public override BsonDocument Explain(BsonValue value)
    {
        var details = new BsonDocument { { "operatorName", keyword.Name }, { "specifiedAs", Specified() }, { "reason", reason } };
        Describe(details, value);
        return details;
    }

    /// <summary>The keyword as the schema has it.</summary>
    protected virtual BsonDocument Specified() => new(keyword);

    /// <summary>Adds what was found instead.</summary>
    protected virtual void Describe(BsonDocument details, BsonValue value) => details.Add("consideredValue", value);
}
