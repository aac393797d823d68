using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Aggregation;

/// <summary>Whatever a client sends is answered or refused with a code; no other exception escapes.</summary>
public sealed class HostileInputTests
{
    private static readonly Gen<BsonValue> Argument = Gen.Frequency(
        (3, BsonValues.Any),
        (3, Gen.OneOf("$a", "$a.b", "$$ROOT", "$$this", "$", "$$", "x", "int", "%Y%H%j", "%", "+03:00", "Europe/Nowhere").Select(text => (BsonValue)text)),
        (2, BsonValues.Any.Array[0, 4].Select(items => (BsonValue)new BsonArray(items))));

    private static readonly string[] Operators =
    [
        "$map input as in", "$filter input as cond limit", "$reduce input initialValue in", "$let vars in", "$switch branches default", "$cond if then else",
        "$dateToString date format timezone onNull", "$hour date timezone", "$convert input to onError onNull", "$zip inputs useLongestLength defaults",
        "$getField field input", "$setField field input value", "$replaceAll input find replacement", "$regexFind input regex options", "$trim input chars",
        "$sortArray input sortBy", .. OperatorTable.Instance.Names,
    ];

    private static readonly string[] Stages =
    [
        "$unwind path includeArrayIndex preserveNullAndEmptyArrays", "$bucket groupBy boundaries default output", "$lookup from as localField foreignField",
        "$lookup from as let pipeline", "$graphLookup from as startWith connectFromField connectToField maxDepth depthField restrictSearchWithMatch",
        "$unionWith coll pipeline", "$sample size", "$replaceRoot newRoot", "$group _id x", "$project a b.c", "$set a b.c", "$facet a b", .. StageTable.Names,
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
    public void Any_filter_projection_and_sort_is_answered_or_refused() =>
        Gen.Select(
            Gen.OneOf("$gt", "$in", "$nin", "$not", "$regex", "$options", "$elemMatch", "$all", "$type", "$size", "$mod", "$bitsAllSet", "$exists", "$slice", "$foo"),
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
