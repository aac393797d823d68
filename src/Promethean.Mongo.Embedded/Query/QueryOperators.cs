using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>The operators a field's condition may hold, by name.</summary>
internal static class QueryOperators
{
    /// <summary>Reads one operator of <paramref name="siblings"/> and adds the conditions it stands for.</summary>
    public static void Parse(
        FilterParser parser, string field, BsonDocument siblings, BsonElement element, int depth, List<ValuePredicate> predicates)
    {
        var operand = element.Value;
        switch (element.Name)
        {
            case "$eq":
                predicates.Add(new EqualPredicate(Defined(operand)));
                break;
            case "$ne":
                if (operand.IsBsonRegularExpression) throw MongoCommandFailedException.BadValue("Can't have regex as arg to $ne.");
                predicates.Add(Not(new EqualPredicate(Defined(operand))));
                break;
            case "$gt" or "$gte" or "$lt" or "$lte":
                if (operand.IsBsonRegularExpression) throw MongoCommandFailedException.BadValue($"Can't have RegEx as arg to predicate over field '{field}'.");
                predicates.Add(new RangePredicate(Defined(operand), element.Name[1] == 'g', element.Name.EndsWith('e')));
                break;
            case "$in":
                predicates.Add(ParseIn(element));
                break;
            case "$nin":
                predicates.Add(Not(ParseIn(element)));
                break;
            case "$exists":
                predicates.Add(Truth.Of(operand) ? new ExistsPredicate() : Not(new ExistsPredicate()));
                break;
            case "$not":
                predicates.Add(ParseNot(parser, field, operand, depth));
                break;
            case "$regex":
                predicates.Add(ParseRegex(operand, siblings));
                break;
            case "$options":
                if (!siblings.Contains("$regex")) throw MongoCommandFailedException.BadValue("$options needs a $regex");
                break;
            case "$elemMatch":
                predicates.Add(ParseElement(parser, field, operand, depth));
                break;
            case "$all":
                ParseAll(parser, field, operand, depth, predicates);
                break;
            case "$type":
                predicates.Add(new TypePredicate(operand));
                break;
            case "$size":
                predicates.Add(new SizePredicate(operand));
                break;
            case "$mod":
                predicates.Add(new ModPredicate(operand));
                break;
            case "$bitsAllSet" or "$bitsAnySet" or "$bitsAllClear" or "$bitsAnyClear":
                predicates.Add(new BitsPredicate(operand, element.Name.EndsWith("Set", StringComparison.Ordinal), element.Name.StartsWith("$bitsAll", StringComparison.Ordinal)));
                break;
            case "$comment":
                break;
            default:
                throw MongoCommandFailedException.BadValue($"unknown operator: {element.Name}");
        }
    }

    private static NegatedPredicate Not(ValuePredicate predicate) => new([predicate]);

    private static BsonValue Defined(BsonValue operand) =>
        operand.IsBsonUndefined ? throw MongoCommandFailedException.BadValue("cannot compare to undefined") : operand;

    private static InPredicate ParseIn(BsonElement element)
    {
        if (element.Value is not BsonArray operands) throw MongoCommandFailedException.BadValue($"{element.Name} needs an array");
        foreach (var operand in operands)
        {
            Defined(operand);
            if (operand is BsonDocument document && FilterParser.HasOperators(document))
            {
                throw MongoCommandFailedException.BadValue($"cannot nest $ under {element.Name}");
            }
        }

        return new InPredicate(operands);
    }

    private static NegatedPredicate ParseNot(FilterParser parser, string field, BsonValue operand, int depth) => operand switch
    {
        BsonRegularExpression regex => Not(new RegexPredicate(regex)),
        BsonDocument { ElementCount: 0 } => throw MongoCommandFailedException.BadValue("$not cannot be empty"),
        BsonDocument operators => new NegatedPredicate(parser.ParseOperators(field, operators, depth + 1)),
        _ => throw MongoCommandFailedException.BadValue("$not needs a regex or a document"),
    };

    private static RegexPredicate ParseRegex(BsonValue operand, BsonDocument siblings)
    {
        var options = siblings.GetValue("$options", BsonNull.Value);
        if (options is not (BsonNull or BsonString)) throw MongoCommandFailedException.BadValue("$options has to be a string");
        return operand switch
        {
            BsonString pattern => new RegexPredicate(new BsonRegularExpression(pattern.Value, options.IsBsonNull ? string.Empty : options.AsString)),
            BsonRegularExpression regex when options.IsBsonNull => new RegexPredicate(regex),
            BsonRegularExpression { Options.Length: 0 } regex => new RegexPredicate(new BsonRegularExpression(regex.Pattern, options.AsString)),
            BsonRegularExpression => throw MongoCommandFailedException.Location(51075, "options set in both $regex and $options"),
            _ => throw MongoCommandFailedException.BadValue("$regex has to be a string"),
        };
    }

    private static ValuePredicate ParseElement(FilterParser parser, string field, BsonValue operand, int depth)
    {
        if (operand is not BsonDocument document) throw MongoCommandFailedException.BadValue("$elemMatch needs an Object");
        if (HasExpression(document)) throw MongoCommandFailedException.BadValue("$expr can only be applied to the top-level document");
        return FilterParser.HasValueOperators(document)
            ? new ElementValuePredicate(parser.ParseOperators(field, document, depth + 1))
            : new ElementPredicate(parser.Parse(document, depth + 1));
    }

    private static void ParseAll(FilterParser parser, string field, BsonValue operand, int depth, List<ValuePredicate> predicates)
    {
        if (operand is not BsonArray operands) throw MongoCommandFailedException.BadValue("$all needs an array");
        if (operands.Count == 0) predicates.Add(new NeverPredicate());
        var elements = operands.Count > 0 && IsElementMatch(operands[0]);
        foreach (var item in operands)
        {
            if (IsElementMatch(item) != elements || (!elements && item is BsonDocument document && FilterParser.HasOperators(document)))
            {
                throw MongoCommandFailedException.BadValue(elements ? "$all/$elemMatch has to be consistent" : "no $ expressions in $all");
            }

            predicates.Add(item switch
            {
                BsonDocument match when elements => ParseElement(parser, field, match["$elemMatch"], depth),
                BsonRegularExpression regex => new RegexPredicate(regex),
                _ => new EqualPredicate(Defined(item)),
            });
        }
    }

    private static bool HasExpression(BsonDocument filter) => filter.Any(element => element.Name == "$expr"
        || (element.Name is "$and" or "$or" or "$nor" && element.Value is BsonArray clauses && clauses.OfType<BsonDocument>().Any(HasExpression)));

    private static bool IsElementMatch(BsonValue value) => value is BsonDocument { ElementCount: > 0 } document && document.GetElement(0).Name == "$elemMatch";
}
