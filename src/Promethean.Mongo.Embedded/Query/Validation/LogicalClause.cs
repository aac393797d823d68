using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary><c>$and</c>, <c>$or</c>, <c>$nor</c>, and the conditions of a filter without an operator between them, which count as <c>$and</c>.</summary>
internal sealed class LogicalClause(string name, ValidationClause[] clauses) : ValidationClause
{
    public override bool Matches(BsonDocument document, Variables variables) => name switch
    {
        "$and" => Array.TrueForAll(clauses, clause => clause.Matches(document, variables)),
        "$or" => Array.Exists(clauses, clause => clause.Matches(document, variables)),
        _ => !Array.Exists(clauses, clause => clause.Matches(document, variables)),
    };

    public override BsonDocument Explain(BsonDocument document, Variables variables, bool inverted)
    {
        var satisfied = inverted != (name == "$nor");
        var told = new BsonArray();
        for (var i = 0; i < clauses.Length; i++)
        {
            if (clauses[i].Matches(document, variables) != satisfied) continue;
            told.Add(new BsonDocument { { "index", i }, { "details", clauses[i].Explain(document, variables, satisfied) } });
        }

        return new BsonDocument { { "operatorName", name }, { satisfied ? "clausesSatisfied" : "clausesNotSatisfied", told } };
    }
}
