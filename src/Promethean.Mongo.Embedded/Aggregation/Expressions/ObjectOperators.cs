using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>"Object Expression Operators", <c>$getField</c>, <c>$setField</c>, <c>$arrayToObject</c> and <c>$objectToArray</c> in the manual.</summary>
internal static class ObjectOperators
{
    public static void AddTo(OperatorTable table)
    {
        table.Add("$mergeObjects", 0, int.MaxValue, Merge);
        table.Add("$objectToArray", ToArray);
        table.Add("$arrayToObject", ToObject);
        table.Add("$getField", ParseGet);
        table.Add("$setField", (value, scope) => ParseSet("$setField", value, scope));
        table.Add("$unsetField", (value, scope) => ParseSet("$unsetField", value, scope));
    }

    /// <summary>Puts the fields of one document over those of another; null and missing are passed over.</summary>
    public static void MergeInto(BsonDocument target, BsonValue? value)
    {
        if (Operand.IsNullish(value)) return;
        if (value is not BsonDocument document)
        {
            throw MongoCommandFailedException.Location(40400, $"$mergeObjects requires object inputs, but input {value} is of type {Operand.TypeOf(value)}");
        }

        foreach (var element in document) target[element.Name] = element.Value;
    }

    private static BsonValue? Merge(BsonValue?[] values)
    {
        var result = new BsonDocument();
        // A single argument may be an array of documents.
        foreach (var value in values is [BsonArray array] ? array : (IEnumerable<BsonValue?>)values) MergeInto(result, value);
        return result;
    }

    private static BsonValue? ToArray(BsonValue? value)
    {
        if (Operand.IsNullish(value)) return BsonNull.Value;
        return value is BsonDocument document
            ? new BsonArray(document.Select(element => new BsonDocument { { "k", element.Name }, { "v", element.Value } }))
            : throw MongoCommandFailedException.Location(40390, $"$objectToArray requires a document input, found: {Operand.TypeOf(value)}");
    }

    private static BsonValue? ToObject(BsonValue? value)
    {
        if (Operand.IsNullish(value)) return BsonNull.Value;
        if (value is not BsonArray pairs) throw MongoCommandFailedException.Location(40386, $"$arrayToObject requires an array input, found: {Operand.TypeOf(value)}");
        var result = new BsonDocument();
        foreach (var pair in pairs)
        {
            var (key, item) = pair switch
            {
                BsonArray { Count: 2 } list => (list[0], list[1]),
                BsonDocument { ElementCount: 2 } document when document.Contains("k") && document.Contains("v") => (document["k"], document["v"]),
                _ => throw MongoCommandFailedException.Location(40398, $"$arrayToObject requires an array of key-value pairs: arrays of two, or objects with 'k' and 'v'. Found: {pair}"),
            };
            result[FieldName.Check(Operand.String(key, "$arrayToObject", 40394))] = item;
        }

        return result;
    }

    private static FunctionExpression ParseGet(BsonValue value, ParseScope scope)
    {
        Expression field;
        Expression input = new RootExpression();
        if (value is BsonDocument document && document.Contains("field"))
        {
            var named = new NamedArguments("$getField", value, ["field"], ["input"]);
            field = named.ParseRequired("field", scope);
            input = named.Parse("input", scope) ?? input;
        }
        else
        {
            field = ExpressionParser.Parse(value, scope);
        }

        return new FunctionExpression([field, input], values =>
        {
            var name = Operand.String(values[0], "$getField", 5654602);
            if (values[1] is null) return null;
            if (Operand.IsNullish(values[1])) return BsonNull.Value;
            return values[1] is BsonDocument from && from.TryGetValue(name, out var found) ? found : null;
        });
    }

    private static FunctionExpression ParseSet(string operation, BsonValue value, ParseScope scope)
    {
        var named = new NamedArguments(operation, value, operation == "$setField" ? ["field", "input", "value"] : ["field", "input"], []);
        return new FunctionExpression([named.Parse("field", scope), named.Parse("input", scope), named.Parse("value", scope)], values =>
        {
            var name = FieldName.Check(Operand.String(values[0], operation, 4161107));
            if (Operand.IsNullish(values[1])) return BsonNull.Value;
            if (values[1] is not BsonDocument from)
            {
                throw MongoCommandFailedException.Location(4161105, $"{operation} requires 'input' to evaluate to type Object");
            }

            var result = BsonCopy.Shallow(from);
            if (values[2] is { } stored) result[name] = stored;
            else result.Remove(name);
            return result;
        });
    }
}
