using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.JsonSchema;
using Promethean.Mongo.Embedded.Query.Matchers;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>Reads a filter document.</summary>
/// <remarks>
/// <code>
/// filter     = { (field: condition | "$and" | "$or" | "$nor": [filter+] | "$expr": expression | "$jsonSchema": schema | "$comment": any)* }
/// condition  = value | regex | { operator+ }
/// </code>
/// </remarks>
internal sealed class FilterParser(ParseScope scope)
{
    /// <summary>MongoDB's own limit on the depth of a filter.</summary>
    private const int MaxDepth = 100;

    /// <summary>Reads a filter; <paramref name="depth"/> counts the filters around it.</summary>
    public Matcher Parse(BsonDocument filter, int depth = 0)
    {
        Check(depth);
        var conditions = new List<Matcher>(filter.ElementCount);
        foreach (var element in filter)
        {
            if (element.Name.StartsWith('$'))
            {
                if (ParseLogical(element, depth) is { } logical) conditions.Add(logical);
            }
            else
            {
                conditions.Add(FieldMatchers.At(FieldPath.Parse(element.Name), ParseCondition(element.Name, element.Value, depth)));
            }
        }

        return FieldMatchers.All([.. conditions]);
    }

    /// <summary>Reads what a field is asked for: a value to equal, a pattern, or operators.</summary>
    public IReadOnlyList<ValuePredicate> ParseCondition(string field, BsonValue condition, int depth) => condition switch
    {
        BsonDocument document when HasOperators(document) => ParseOperators(field, document, depth + 1),
        BsonRegularExpression regex => [new RegexPredicate(regex)],
        BsonUndefined => throw MongoCommandFailedException.BadValue("cannot compare to undefined"),
        _ => [new EqualPredicate(condition)],
    };

    /// <summary>Reads <c>{$gt: 1, $lt: 5}</c>.</summary>
    public IReadOnlyList<ValuePredicate> ParseOperators(string field, BsonDocument operators, int depth)
    {
        Check(depth);
        var predicates = new List<ValuePredicate>(operators.ElementCount);
        foreach (var element in operators)
        {
            QueryOperators.Parse(this, field, operators, element, depth, predicates);
        }

        return predicates;
    }

    /// <summary>Whether a document holds operators and not a value: its first name starts with a dollar and is not a DBRef's.</summary>
    public static bool HasOperators(BsonDocument document) =>
        document.ElementCount > 0 && document.GetElement(0).Name is ['$', ..] name && name is not ("$ref" or "$id" or "$db");

    /// <summary>Whether a document holds operators on a value, and not those that join filters on documents.</summary>
    public static bool HasValueOperators(BsonDocument document) =>
        HasOperators(document) && document.GetElement(0).Name is not ("$and" or "$or" or "$nor" or "$expr" or "$jsonSchema" or "$comment");

    /// <summary>Reads the operand of <c>$jsonSchema</c>.</summary>
    public static Schema ParseSchema(BsonValue operand) => operand is BsonDocument schema
        ? Schema.Parse(schema)
        : throw MongoCommandFailedException.TypeMismatch("$jsonSchema must be an object");

    private Matcher? ParseLogical(BsonElement element, int depth)
    {
        switch (element.Name)
        {
            case "$and":
                return FieldMatchers.All(ParseClauses(element, depth));
            case "$or":
                return new OrMatcher(ParseClauses(element, depth));
            case "$nor":
                return new NotMatcher(new OrMatcher(ParseClauses(element, depth)));
            case "$expr":
                return new ExpressionMatcher(Expression.Parse(element.Value, scope));
            case "$jsonSchema":
                return new SchemaMatcher(ParseSchema(element.Value));
            case "$comment":
                return null;
            default:
                throw MongoCommandFailedException.BadValue(
                    $"unknown top level operator: {element.Name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.");
        }
    }

    private Matcher[] ParseClauses(BsonElement element, int depth)
    {
        if (element.Value is not BsonArray clauses) throw MongoCommandFailedException.BadValue($"{element.Name} must be an array");
        if (clauses.Count == 0) throw MongoCommandFailedException.BadValue("$and/$or/$nor must be a nonempty array");
        var conditions = new Matcher[clauses.Count];
        for (var i = 0; i < conditions.Length; i++)
        {
            if (clauses[i] is not BsonDocument clause) throw MongoCommandFailedException.BadValue("$or/$and/$nor entries need to be full objects");
            conditions[i] = Parse(clause, depth + 1);
        }

        return conditions;
    }

    private static void Check(int depth)
    {
        if (depth > MaxDepth) throw new MongoCommandFailedException(MongoErrorCode.Overflow, $"Exceeded the maximum depth of a filter: {MaxDepth}");
    }
}
