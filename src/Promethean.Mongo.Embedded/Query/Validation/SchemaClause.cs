using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Query.JsonSchema;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary><c>$jsonSchema</c>.</summary>
internal sealed class SchemaClause(BsonValue specified) : ValidationClause
{
    private const string Name = "$jsonSchema";

    private readonly Schema _schema = FilterParser.ParseSchema(specified);

    public override bool Matches(BsonDocument document, Variables variables) => _schema.Matches(document);

    public override BsonDocument Explain(BsonDocument document, Variables variables, bool inverted)
    {
        var details = _schema.Annotate(new BsonDocument("operatorName", Name));
        if (inverted) return details.Add("reason", "schema matched");
        return _schema.RefusesObjects
            ? details.Add("specifiedAs", new BsonDocument(Name, specified)).Add("reason", "expression always evaluates to false")
            : details.Add("schemaRulesNotSatisfied", _schema.Failures(document));
    }
}
