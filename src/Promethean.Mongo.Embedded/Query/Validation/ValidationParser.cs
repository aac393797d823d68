using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Query.Matchers;

namespace Promethean.Mongo.Embedded.Query.Validation;

/// <summary>Takes a filter apart into clauses, one for each operator, so that each can explain itself.</summary>
internal sealed class ValidationParser(ParseScope scope)
{
    private readonly FilterParser _filters = new(scope);

    public ValidationClause Parse(BsonDocument filter)
    {
        // What the filter parser refuses, it refuses in its own words, and before anything else.
        _filters.Parse(filter);
        return ParseClauses(filter);
    }

    private ValidationClause ParseClauses(BsonDocument filter)
    {
        var clauses = new List<ValidationClause>();
        foreach (var element in filter)
        {
            switch (element.Name)
            {
                case "$and" or "$or" or "$nor":
                    clauses.Add(new LogicalClause(element.Name, [.. element.Value.AsBsonArray.Select(clause => ParseClauses(clause.AsBsonDocument))]));
                    break;
                case "$expr":
                    clauses.Add(new ExpressionClause(element.Value, scope));
                    break;
                case "$jsonSchema":
                    clauses.Add(new SchemaClause(element.Value));
                    break;
                case "$comment":
                    break;
                default:
                    AddField(element.Name, element.Value, clauses);
                    break;
            }
        }

        return Join(clauses);
    }

    private void AddField(string field, BsonValue condition, List<ValidationClause> clauses)
    {
        if (condition is not BsonDocument operators || !FilterParser.HasOperators(operators))
        {
            clauses.Add(Leaf(condition is BsonRegularExpression ? "$regex" : "$eq", field, condition));
            return;
        }

        foreach (var element in operators)
        {
            switch (element.Name)
            {
                case "$not":
                    var inner = new List<ValidationClause>();
                    AddField(field, element.Value, inner);
                    clauses.Add(new NotClause(Join(inner)));
                    break;
                case "$options" or "$comment":
                    break;
                case "$regex":
                    var specified = new BsonDocument(element);
                    if (operators.TryGetValue("$options", out var options)) specified.Add("$options", options);
                    clauses.Add(Leaf(element.Name, field, specified));
                    break;
                default:
                    clauses.Add(Leaf(element.Name, field, new BsonDocument(element)));
                    break;
            }
        }
    }

    private FieldClause Leaf(string name, string field, BsonValue condition)
    {
        var path = FieldPath.Parse(field);
        return new FieldClause(name, path, new BsonDocument(field, condition), FieldMatchers.At(path, _filters.ParseCondition(field, condition, 0)));
    }

    private static ValidationClause Join(List<ValidationClause> clauses) => clauses.Count == 1 ? clauses[0] : new LogicalClause("$and", [.. clauses]);
}
