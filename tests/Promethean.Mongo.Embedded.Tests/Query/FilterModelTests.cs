using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Query;

namespace Promethean.Mongo.Embedded.Tests.Query;

/// <summary>Random filters of random documents, arrays within arrays among them, against <see cref="NaiveMatcher"/>. A failure prints its seed.</summary>
public sealed class FilterModelTests
{
    private static readonly string[] Paths = ["a", "b", "a.b", "a.0", "a.b.c", "a.0.b", "a.1", "b.a", "a.0.0", "c.b"];

    [Fact]
    public void A_filter_finds_what_the_naive_matcher_finds() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var filter = Filter(random, 0);
            var parsed = DocumentFilter.Parse(filter);
            for (var i = 0; i < 5; i++)
            {
                var document = Document(random, 0);
                var expected = NaiveMatcher.Matches(document, filter);
                if (parsed.Matches(document) != expected) throw new InvalidOperationException($"{filter} on {document} should be {expected}");
            }
        },
        iter: 40_000);

    [Fact]
    public void The_cases_are_not_one_sided()
    {
        var random = new Random(1);
        var matches = Enumerable.Range(0, 5_000).Count(_ => NaiveMatcher.Matches(Document(random, 0), Filter(random, 0)));

        matches.Should().BeInRange(1_000, 4_000, "a test that hardly ever matches proves little");
    }

    private static BsonDocument Filter(Random random, int depth)
    {
        var filter = new BsonDocument();
        if (depth < 2 && random.Next(4) == 0)
        {
            var name = Pick(random, "$and", "$or", "$nor");
            filter.Add(name, new BsonArray(Enumerable.Range(0, random.Next(1, 3)).Select(_ => Filter(random, depth + 1))));
        }

        for (var i = filter.ElementCount == 0 ? Math.Max(1, random.Next(-3, 3)) : 0; i > 0; i--) filter[Pick(random, Paths)] = Condition(random, depth);
        return filter;
    }

    private static BsonValue Condition(Random random, int depth)
    {
        if (random.Next(4) == 0) return Value(random, 1);
        var operators = new BsonDocument();
        for (var i = Math.Max(1, random.Next(-3, 3)); i > 0; i--)
        {
            var name = Pick(random, "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$size", "$all", "$elemMatch", "$not", "$type", "$mod");
            operators[name] = name switch
            {
                "$gt" or "$gte" or "$lt" or "$lte" => Comparable(random),
                "$in" or "$nin" or "$all" => new BsonArray(Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, 1))),
                "$exists" => random.Next(2) == 0,
                "$size" => random.Next(3),
                "$type" => Pick(random, "number", "string", "int", "array"),
                "$mod" => new BsonArray { 2, random.Next(2) },
                "$not" => new BsonDocument(Pick(random, "$eq", "$gt", "$lte"), Comparable(random)),
                "$elemMatch" when random.Next(2) == 0 => new BsonDocument { { Pick(random, "$gt", "$ne", "$eq"), Comparable(random) }, { "$lt", Comparable(random) } },
                "$elemMatch" => new BsonDocument(Pick(random, "b", "c", "b.c"), depth < 2 ? Condition(random, depth + 1) : 1),
                _ => Value(random, 1),
            };
        }

        return operators;
    }

    private static BsonDocument Document(Random random, int depth)
    {
        var document = new BsonDocument();
        foreach (var name in (string[])["a", "b", "c"])
        {
            if (random.Next(4) > 0) document[name] = Value(random, depth + 1);
        }

        return document;
    }

    private static BsonValue Value(Random random, int depth) => random.Next(depth < 4 ? 9 : 6) switch
    {
        0 => BsonNull.Value,
        1 => random.Next(2) == 0,
        2 or 3 or 4 or 5 => Comparable(random),
        6 => Document(random, depth),
        _ => new BsonArray(Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))),
    };

    private static BsonValue Comparable(Random random) => random.Next(4) switch
    {
        0 => random.Next(0, 2),
        1 => (BsonValue)(double)random.Next(0, 2),
        2 => random.Next(0, 3) / 2.0,
        _ => Pick(random, "a", "b"),
    };

    private static string Pick(Random random, params string[] names) => names[random.Next(names.Length)];
}
