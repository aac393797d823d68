using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Indexing;

/// <summary>A plan as explain shows it ("Explain Results" in MongoDB's manual): stages, the outermost first.</summary>
internal static class PlanDescription
{
    /// <summary>The stages that find, filter and sort documents.</summary>
    public static BsonDocument Of(QueryPlan plan, DocumentQuery query)
    {
        var stage = Source(plan, query);
        if (plan.IsSorted) return stage;
        var pattern = new BsonDocument(query.Sort!.Paths.Select((path, i) => new BsonElement(path.Text, query.Sort.Descending[i] ? -1 : 1)));
        return new BsonDocument { { "stage", "SORT" }, { "sortPattern", pattern }, { "type", "simple" }, { "inputStage", stage } };
    }

    /// <summary>A stage around another.</summary>
    public static BsonDocument Around(BsonDocument inner, string stage, params ReadOnlySpan<BsonElement> fields)
    {
        var outer = new BsonDocument("stage", stage);
        foreach (var field in fields) outer.Add(field);
        return outer.Add("inputStage", inner);
    }

    /// <summary>The stage that reads an index, of which only the keys are looked at.</summary>
    public static BsonDocument Keys(string stage, QueryPlan plan)
    {
        var index = plan.Index!;
        return new BsonDocument
        {
            { "stage", stage },
            { "keyPattern", index.Key },
            { "indexName", index.Name },
            { "isMultiKey", index.IsMultikey },
            { "isUnique", index.IsUnique },
            { "isSparse", index.IsSparse },
            { "isPartial", index.Partial is not null },
            { "indexVersion", 2 },
            { "direction", plan.Backward ? "backward" : "forward" },
            { "indexBounds", Bounds(plan, index) },
        };
    }

    private static BsonDocument Source(QueryPlan plan, DocumentQuery query)
    {
        if (plan.IsIdLookup) return new BsonDocument { { "stage", "IDHACK" }, { "keyPattern", plan.Index!.Key }, { "indexName", plan.Index.Name } };
        if (plan.Alternatives.Count > 0)
        {
            var keys = new BsonArray(plan.Alternatives.Select(alternative => Keys("IXSCAN", alternative)));
            return new BsonDocument { { "stage", "FETCH" }, { "filter", query.Query }, { "inputStage", new BsonDocument { { "stage", "OR" }, { "inputStages", keys } } } };
        }

        if (plan.Index is null)
        {
            var scan = new BsonDocument("stage", "COLLSCAN");
            if (!query.Filter.IsEmpty) scan.Add("filter", query.Query);
            return scan.Add("direction", plan.Backward ? "backward" : "forward");
        }

        var fetch = new BsonDocument("stage", "FETCH");
        if (!query.Filter.IsEmpty) fetch.Add("filter", query.Query);
        return fetch.Add("inputStage", Keys("IXSCAN", plan));
    }

    private static BsonDocument Bounds(QueryPlan plan, IndexDefinition index)
    {
        var bounds = new BsonDocument();
        for (var i = 0; i < index.Fields.Count; i++)
        {
            var turned = index.Descending[i] != plan.Backward;
            var texts = (i < plan.Bounds.Count ? plan.Bounds[i] : null)?.Select(interval => Text(interval, turned)) ?? [turned ? "[MaxKey, MinKey]" : "[MinKey, MaxKey]"];
            bounds.Add(index.Fields[i].Path.Text, new BsonArray(turned ? texts.Reverse() : texts));
        }

        return bounds;
    }

    private static string Text(BoundsInterval interval, bool turned)
    {
        var (low, high) = (Text(interval.Low), Text(interval.High));
        return turned
            ? $"{(interval.HighInclusive ? '[' : '(')}{high}, {low}{(interval.LowInclusive ? ']' : ')')}"
            : $"{(interval.LowInclusive ? '[' : '(')}{low}, {high}{(interval.HighInclusive ? ']' : ')')}";
    }

    private static string Text(BsonValue value) => value switch
    {
        BsonMinKey => "MinKey",
        BsonMaxKey => "MaxKey",
        BsonDouble { Value: double.NaN } => "nan.0",
        BsonDouble { Value: double.PositiveInfinity } => "inf.0",
        BsonDouble { Value: double.NegativeInfinity } => "-inf.0",
        BsonDouble { Value: var number } => number.ToString(Math.Abs(number) < 1e15 && number == Math.Floor(number) ? "0.0" : "R", CultureInfo.InvariantCulture),
        BsonInt64 { Value: var number } => number.ToString(CultureInfo.InvariantCulture),
        BsonDateTime { MillisecondsSinceEpoch: var milliseconds } => string.Create(CultureInfo.InvariantCulture, $"new Date({milliseconds})"),
        _ => ShellText.Of(value),
    };
}
