using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>Reads expressions.</summary>
/// <remarks>
/// <code>
/// expression = "$path" | "$$variable.path" | { "$operator": arguments } | { field: expression, … } | [ expression, … ] | constant
/// </code>
/// </remarks>
internal static class ExpressionParser
{
    public static Expression Parse(BsonValue value, ParseScope scope) => value switch
    {
        BsonString { Value: ['$', '$', ..] path } => ParseVariable(path[2..], scope),
        BsonString { Value: ['$', ..] path } => new FieldPathExpression(ParsePath(path[1..])),
        BsonDocument document => ParseDocument(document, scope.Deeper()),
        BsonArray array => new ArrayExpression(ParseAll(array, scope.Deeper())),
        _ => new ConstantExpression(value),
    };

    /// <summary>Reads each item of an array.</summary>
    public static Expression[] ParseAll(BsonArray items, ParseScope scope)
    {
        var expressions = new Expression[items.Count];
        for (var i = 0; i < expressions.Length; i++) expressions[i] = Parse(items[i], scope);
        return expressions;
    }

    /// <summary>Splits a path, refusing what no field path may hold.</summary>
    public static string[] ParsePath(string text)
    {
        if (text.Length == 0) throw MongoCommandFailedException.Location(16872, "'$' by itself is not a valid FieldPath");
        if (text.EndsWith('.')) throw MongoCommandFailedException.Location(40353, "FieldPath must not end with a '.'.");
        var parts = text.Split('.');
        foreach (var part in parts)
        {
            if (part.Length == 0) throw MongoCommandFailedException.Location(15998, "FieldPath field names may not be empty strings.");
            if (part[0] == '$')
            {
                throw MongoCommandFailedException.Location(16410, $"FieldPath field names may not start with '$'. Consider using $getField or $setField. Path: {text}");
            }

            FieldName.Check(part);
        }

        return parts.Length <= 200 ? parts : throw new MongoCommandFailedException(MongoErrorCode.Overflow, "FieldPath is too long");
    }

    private static Expression ParseVariable(string path, ParseScope scope)
    {
        var parts = path.Length == 0
            ? throw MongoCommandFailedException.FailedToParse("empty variable names are not allowed")
            : ParsePath(path);
        var rest = parts[1..];
        return parts[0] switch
        {
            "ROOT" when scope.Defines("ROOT") => new VariableExpression("ROOT", rest),
            "ROOT" or "CURRENT" when rest.Length > 0 => new FieldPathExpression(rest),
            "ROOT" or "CURRENT" => new RootExpression(),
            "NOW" => new NowExpression(),
            "REMOVE" => new VariableExpression("REMOVE", rest),
            _ when scope.Defines(parts[0]) => new VariableExpression(parts[0], rest),
            _ => throw MongoCommandFailedException.Location(17276, $"Use of undefined variable: {parts[0]}"),
        };
    }

    private static Expression ParseDocument(BsonDocument document, ParseScope scope)
    {
        if (document.ElementCount > 0 && document.GetElement(0) is { Name: ['$', ..] } element)
        {
            if (document.ElementCount > 1)
            {
                throw MongoCommandFailedException.Location(15983, $"an object representing an expression must have exactly one field: {document}");
            }

            return OperatorTable.Instance.Parse(element.Name, element.Value, scope);
        }

        var fields = new KeyValuePair<string, Expression>[document.ElementCount];
        for (var i = 0; i < fields.Length; i++)
        {
            var field = document.GetElement(i);
            if (field.Name.StartsWith('$')) throw MongoCommandFailedException.Location(16410, $"FieldPath field names may not start with '$'. Found: {field.Name}");
            if (field.Name.Contains('.')) throw MongoCommandFailedException.Location(16412, $"FieldPath field names may not contain '.'. Found: {field.Name}");
            fields[i] = new(field.Name, Parse(field.Value, scope));
        }

        return new ObjectExpression(fields);
    }
}
