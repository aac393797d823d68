using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Query.Predicates;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$pull</c>: removes the elements that equal a value or meet a condition; a document without operators is a filter on elements.</summary>
internal sealed class PullOperator : FieldOperator
{
    private readonly IReadOnlyList<ValuePredicate> _conditions = [];
    private readonly DocumentFilter? _filter;

    public PullOperator(BsonElement field)
    {
        if (field.Value is BsonDocument filter && !FilterParser.HasValueOperators(filter)) _filter = DocumentFilter.Parse(filter);
        else _conditions = new FilterParser(ParseScope.Of(Variables.None)).ParseCondition(field.Name, field.Value, 0);
    }

    public override bool Creates => false;

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        if (current is null) return null;
        if (current is not BsonArray array) throw MongoCommandFailedException.BadValue("Cannot apply $pull to a non-array value");
        var kept = new BsonArray(array.Where(item => !Meets(item)));
        return kept.Count == array.Count ? current : kept;
    }

    private bool Meets(BsonValue item)
    {
        if (_filter is not null) return item is BsonDocument document && _filter.Matches(document);
        var ignored = -1;
        foreach (var condition in _conditions)
        {
            if (!condition.Matches(item, Variables.None, ref ignored)) return false;
        }

        return true;
    }
}
