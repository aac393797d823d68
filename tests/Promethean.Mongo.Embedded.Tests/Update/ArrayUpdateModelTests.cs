using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests.Update;

/// <summary>
/// Random updates of an array and of a counter against a model that is a list and a number (manual: "Array Update Operators",
/// "$bit", "$rename", "$setOnInsert"). A failure prints its seed.
/// </summary>
public sealed class ArrayUpdateModelTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Sequences_of_array_updates_leave_what_the_model_has() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var document = new BsonDocument { { "_id", 1 }, { "l", new BsonArray() } };
            var model = new List<int?>();
            for (var step = 0; step < 12; step++)
            {
                var (update, filter, arrayFilters) = Step(random, model);
                int? position = null;
                if (filter is not null) DocumentFilter.Parse(filter).Matches(document, out position);
                document = UpdateOperation.Parse(update, arrayFilters).Apply(document, new UpdateContext(Now) { PositionalIndex = position });
                var expected = new BsonArray(model.Select(item => item is { } number ? (BsonValue)number : BsonNull.Value));
                if (document["l"].Exact() != expected.Exact()) throw new InvalidOperationException($"{update} made {document["l"]}, not {expected}");
            }
        },
        iter: 5_000);

    [Fact]
    public void Bits_names_and_insertions_follow_the_model() => Gen.Select(Gen.Int[-100, 100], Gen.Int[-100, 100], Gen.Int[0, 2], Gen.Bool).Sample(
        (value, operand, operation, isInsert) =>
        {
            var name = ((string[])["and", "or", "xor"])[operation];
            var update = BsonDocument.Parse($"{{$bit: {{n: {{{name}: {operand}}}}}, $rename: {{'o.a': 'p.b'}}, $setOnInsert: {{i: 1}}, $currentDate: {{d: true}}}}");

            var result = UpdateOperation.Parse(update).Apply(new BsonDocument { { "n", value }, { "o", new BsonDocument("a", operand) } }, new UpdateContext(Now) { IsInsert = isInsert });

            return result["n"].AsInt32 == (operation == 0 ? value & operand : operation == 1 ? value | operand : value ^ operand)
                && result["o"].AsBsonDocument.ElementCount == 0
                && result["p"]["b"] == operand
                && result.Contains("i") == isInsert
                && result["d"] == new BsonDateTime(Now.UtcDateTime);
        });

    [Fact]
    public void What_was_set_at_a_path_is_found_there_and_setting_it_again_changes_nothing() =>
        Gen.Select(BsonValues.Document(BsonValues.Any), Gen.OneOf("a", "a.b", "b.0", "c.1.d", "d.a.b", "a.a.a"), BsonValues.Scalar).Sample(
            (document, path, value) =>
            {
                var update = UpdateOperation.Parse(new BsonDocument("$set", new BsonDocument(path, value)));
                BsonDocument result;
                try
                {
                    result = update.Apply(document, new UpdateContext(Now));
                }
                catch (Embedded.Errors.MongoCommandFailedException failure)
                {
                    return failure.Code == 28;
                }

                return Embedded.Bson.FieldPath.Parse(path).Find(result)?.Exact() == value.Exact() && ReferenceEquals(update.Apply(result, new UpdateContext(Now)), result);
            },
            iter: 20_000);

    // Makes an update and carries it out on the model.
    private static (BsonDocument Update, BsonDocument? Filter, BsonArray? ArrayFilters) Step(Random random, List<int?> model)
    {
        var number = random.Next(6);
        switch (random.Next(12))
        {
            case 0:
                model.Add(number);
                return (Parse($"{{$push: {{l: {number}}}}}"), null, null);
            case 1 or 2:
                return (Push(random, model), null, null);
            case 3:
                var first = random.Next(2) == 0;
                if (model.Count > 0) model.RemoveAt(first ? 0 : model.Count - 1);
                return (Parse($"{{$pop: {{l: {(first ? -1 : 1)}}}}}"), null, null);
            case 4:
                model.RemoveAll(item => item == number || item == 1);
                return (Parse($"{{$pullAll: {{l: [{number}, 1]}}}}"), null, null);
            case 5:
                model.RemoveAll(item => item >= number);
                return (Parse($"{{$pull: {{l: {{$gte: {number}}}}}}}"), null, null);
            case 6:
                foreach (var added in (int[])[number, 2, number])
                {
                    if (!model.Contains(added)) model.Add(added);
                }

                return (Parse($"{{$addToSet: {{l: {{$each: [{number}, 2, {number}]}}}}}}"), null, null);
            case 7:
                for (var i = 0; i < model.Count; i++) model[i] = number;
                return (Parse($"{{$set: {{'l.$[]': {number}}}}}"), null, null);
            case 8:
                for (var i = 0; i < model.Count; i++)
                {
                    if (model[i] < number) model[i] += 10;
                }

                return (Parse("{$inc: {'l.$[low]': 10}}"), null, [Parse($"{{low: {{$lt: {number}}}}}")]);
            case 9 when model.IndexOf(number) is var place and >= 0:
                model[place] = 100;
                return (Parse("{$set: {'l.$': 100}}"), Parse($"{{l: {number}}}"), null);
            case 10:
                while (model.Count <= number) model.Add(null);
                model[number] = 7;
                return (Parse($"{{$set: {{'l.{number}': 7}}}}"), null, null);
            case 11:
                if (number < model.Count) model[number] = null;
                return (Parse($"{{$unset: {{'l.{number}': 1}}}}"), null, null);
            default:
                return (Parse("{$push: {l: {$each: []}}}"), null, null);
        }
    }

    private static BsonDocument Push(Random random, List<int?> model)
    {
        int[] items = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(6))];
        var clauses = new List<BsonElement> { new("$each", new BsonArray(items)) };
        int? position = random.Next(2) == 0 ? null : random.Next(-4, 5);
        int? sort = random.Next(2) == 0 ? null : random.Next(2) == 0 ? 1 : -1;
        int? slice = random.Next(2) == 0 ? null : random.Next(-5, 6);
        if (position is { } at) clauses.Add(new("$position", at));
        if (sort is { } direction) clauses.Add(new("$sort", direction));
        if (slice is { } kept) clauses.Add(new("$slice", kept));

        var place = position switch { null => model.Count, < 0 => Math.Max(0, model.Count + position.Value), _ => Math.Min(position.Value, model.Count) };
        model.InsertRange(place, items.Select(item => (int?)item));
        // Null sorts before every number, as Nullable's own comparison has it.
        if (sort is not null) model.Sort((x, y) => sort.Value * Nullable.Compare(x, y));
        if (slice is >= 0 && slice < model.Count) model.RemoveRange(slice.Value, model.Count - slice.Value);
        if (slice < 0 && -slice < model.Count) model.RemoveRange(0, model.Count + slice.Value);
        // The clauses apply in their own order, however they are written.
        return new BsonDocument("$push", new BsonDocument("l", new BsonDocument(clauses.OrderBy(_ => random.Next()))));
    }

    private static BsonDocument Parse(string json) => BsonDocument.Parse(json);
}
