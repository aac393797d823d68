using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Query.Validation;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Aggregation;

/// <summary>Whatever a client sends is answered or refused with a code; no other exception escapes.</summary>
public sealed class HostileInputTests
{
    private static readonly Gen<BsonValue> Argument = Gen.Frequency(
        (3, BsonValues.Any),
        (3, Gen.OneOf("$a", "$a.b", "$$ROOT", "$$this", "$", "$$", "x", "int", "%Y%H%j", "%", "+03:00", "Europe/Nowhere", "Europe/Berlin", "day", "quarter", "approximate", "full", "unbounded", "current").Select(text => (BsonValue)text)),
        (2, BsonValues.Any.Array[0, 4].Select(items => (BsonValue)new BsonArray(items))));

    private static readonly string[] Operators =
    [
        "$map input as in", "$filter input as cond limit", "$reduce input initialValue in", "$let vars in", "$switch branches default", "$cond if then else",
        "$dateToString date format timezone onNull", "$hour date timezone", "$convert input to onError onNull", "$zip inputs useLongestLength defaults",
        "$getField field input", "$setField field input value", "$replaceAll input find replacement", "$regexFind input regex options", "$trim input chars",
        "$sortArray input sortBy", "$dateAdd startDate unit amount timezone", "$dateSubtract startDate unit amount", "$dateDiff startDate endDate unit timezone startOfWeek",
        "$dateTrunc date unit binSize timezone startOfWeek", "$dateFromParts year month day hour minute second millisecond timezone", "$dateFromParts isoWeekYear isoWeek isoDayOfWeek",
        "$dateToParts date timezone iso8601", "$dateFromString dateString format timezone onError onNull", "$firstN input n", "$maxN input n", "$percentile input p method", "$median input method", .. OperatorTable.Instance.Names,
    ];

    private static readonly string[] Stages =
    [
        "$unwind path includeArrayIndex preserveNullAndEmptyArrays", "$bucket groupBy boundaries default output", "$lookup from as localField foreignField",
        "$lookup from as let pipeline", "$graphLookup from as startWith connectFromField connectToField maxDepth depthField restrictSearchWithMatch",
        "$densify field range partitionByFields", "$fill partitionByFields sortBy output", "$setWindowFields partitionBy sortBy output", "$bucketAuto groupBy buckets output",
        "$merge into on let whenMatched whenNotMatched", "$out db coll", "$collStats count storageStats", "$unionWith coll pipeline", "$sample size", "$replaceRoot newRoot", "$group _id x", "$project a b.c", "$set a b.c", "$facet a b", .. StageTable.Names,
    ];

    [Fact]
    public void Any_arguments_to_any_operator_are_answered_or_refused() =>
        Gen.Select(Gen.OneOf(Operators), Argument.Array[8], BsonValues.Document(BsonValues.Any)).Sample(
            (syntax, arguments, document) => IsOrderly(() => Expression.Parse(Specify(syntax, arguments)).Evaluate(document)),
            iter: 50_000,
            print: input => $"{Specify(input.Item1, input.Item2).Exact()} on {input.Item3.Exact()}");

    [Fact]
    public void Any_arguments_to_any_stage_are_answered_or_refused() =>
        Gen.Select(Gen.OneOf(Stages), Argument.Array[8], BsonValues.Document(BsonValues.Any)).Sample(
            (syntax, arguments, document) => IsOrderly(() => Pipeline.Parse([Specify(syntax, arguments)])
                .Run([document], new PipelineContext(Variables.None, _ => [document], new Random(1))).Count()),
            iter: 50_000,
            print: input => $"{Specify(input.Item1, input.Item2).Exact()} on {input.Item3.Exact()}");

    [Fact]
    public void Any_window_over_any_documents_is_answered_or_refused() =>
        Gen.Select(
            Gen.OneOf([.. AccumulatorTable.Names, "$rank", "$denseRank", "$documentNumber", "$shift output by default", "$expMovingAvg input N", "$expMovingAvg input alpha", "$locf",
                "$linearFill", "$derivative input unit", "$integral input", "$covariancePop", "$firstN input n", "$topN n sortBy output", "$percentile input p method"]),
            Argument.Array[8],
            Gen.OneOf("", "documents", "range", "range unit"),
            Argument.Array[2],
            BsonValues.Document(BsonValues.Any).Array[1, 4]).Sample(
            (syntax, arguments, window, bounds, documents) =>
            {
                var field = Specify(syntax, arguments);
                if (window.Length > 0) field.Add("window", new BsonDocument(window.Split(' ')[0], new BsonArray(bounds)));
                if (window == "range unit") field["window"].AsBsonDocument.Add("unit", "day");
                var stage = new BsonDocument("$setWindowFields", new BsonDocument { { "sortBy", new BsonDocument("a", 1) }, { "output", new BsonDocument("o", field) } });
                return IsOrderly(() => Pipeline.Parse([stage]).Run(documents, new PipelineContext(Variables.None, _ => [], new Random(1))).Count());
            },
            iter: 30_000);

    [Fact]
    public void Any_schema_is_answered_or_refused() =>
        Gen.Select(
            Gen.OneOf("pattern", "minLength", "multipleOf", "maximum", "exclusiveMaximum", "minItems", "uniqueItems", "items", "additionalItems", "properties", "patternProperties",
                "additionalProperties", "required", "maxProperties", "dependencies", "allOf", "oneOf", "not", "enum", "bsonType", "type", "title", "foo"),
            Argument.Array[2],
            BsonValues.Document(BsonValues.Any)).Sample(
            (keyword, values, document) =>
            {
                var schema = new BsonDocument("properties", new BsonDocument("a", new BsonDocument(keyword, values[0]))).Add("additionalProperties", values[1]);
                return IsOrderly(() => DocumentValidator.Parse(new BsonDocument("$jsonSchema", schema)).Failure(document))
                    && IsOrderly(() => DocumentValidator.Parse(new BsonDocument("$jsonSchema", new BsonDocument(keyword, values[0]))).Failure(document));
            },
            iter: 30_000);

    [Fact]
    public void Any_filter_projection_and_sort_is_answered_or_refused() =>
        Gen.Select(
            Gen.OneOf("$gt", "$in", "$nin", "$not", "$regex", "$options", "$elemMatch", "$all", "$type", "$size", "$mod", "$bitsAllSet", "$exists", "$slice", "$jsonSchema", "$foo"),
            BsonValues.Any,
            BsonValues.Document(BsonValues.Any)).Sample(
            (name, argument, document) =>
            {
                var specification = new BsonDocument("a", new BsonDocument(name, argument));
                return IsOrderly(() => DocumentFilter.Parse(specification).Matches(document))
                    && IsOrderly(() => DocumentFilter.Parse(new BsonDocument(name, argument)).Matches(document))
                    && IsOrderly(() => Projection.Parse(specification).Apply(document))
                    && IsOrderly(() => SortOrder.Parse(new BsonDocument("a", argument)).KeyOf(document));
            },
            iter: 30_000);

    // "$op" takes one argument, "$op a b" some by name.
    private static BsonDocument Specify(string syntax, BsonValue[] arguments)
    {
        var words = syntax.Split(' ');
        if (words.Length == 1) return new BsonDocument(words[0], arguments[0]);
        return new BsonDocument(words[0], new BsonDocument(words.Skip(1).Select((name, i) => new BsonElement(name, arguments[i]))));
    }

    private static bool IsOrderly<T>(Func<T> action)
    {
        try
        {
            action();
        }
        catch (MongoCommandFailedException failure)
        {
            return failure.Code > 0;
        }

        return true;
    }
}
