using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Tests.Bson;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests.Update;

/// <summary>Manual: "Update Operators" (each operator's page), "db.collection.updateOne()", "Array Update Operators".</summary>
public sealed class UpdateOperationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("{$set: {a: 2}}", "{a: 1, b: 1}", "{a: 2, b: 1}")]
    [InlineData("{$set: {'c.d.e': 2}}", "{a: 1}", "{a: 1, c: {d: {e: 2}}}")]
    [InlineData("{$set: {z: 1, y: 1, 'm.10': 1, 'm.2': 1}}", "{}", "{m: {'2': 1, '10': 1}, y: 1, z: 1}")]
    [InlineData("{$set: {'a.1': 9}}", "{a: [1, 2]}", "{a: [1, 9]}")]
    [InlineData("{$set: {'a.3': 9}}", "{a: [1]}", "{a: [1, null, null, 9]}")]
    [InlineData("{$set: {'a.0.b': 9}}", "{a: [{b: 1, c: 2}]}", "{a: [{b: 9, c: 2}]}")]
    [InlineData("{$unset: {a: ''}}", "{a: 1, b: 2}", "{b: 2}")]
    [InlineData("{$unset: {'a.1': ''}}", "{a: [1, 2, 3]}", "{a: [1, null, 3]}")]
    [InlineData("{$unset: {'x.y': ''}}", "{a: 1}", "{a: 1}")]
    [InlineData("{$inc: {a: 2, b: -1}}", "{a: 1}", "{a: 3, b: -1}")]
    [InlineData("{$inc: {a: 1}}", "{a: 2147483647}", "{a: NumberLong('2147483648')}")]
    [InlineData("{$inc: {a: NumberLong(1)}}", "{a: 1}", "{a: NumberLong(2)}")]
    [InlineData("{$inc: {a: 0.5}}", "{a: NumberLong(1)}", "{a: 1.5}")]
    [InlineData("{$inc: {a: NumberDecimal('0.1')}}", "{a: NumberDecimal('0.2')}", "{a: NumberDecimal('0.3')}")]
    [InlineData("{$mul: {a: 3, b: NumberLong(5)}}", "{a: 2}", "{a: 6, b: NumberLong(0)}")]
    [InlineData("{$min: {a: 1, b: 5}}", "{a: 2, b: 3}", "{a: 1, b: 3}")]
    [InlineData("{$max: {a: 'x', c: 1}}", "{a: 2}", "{a: 'x', c: 1}")]
    [InlineData("{$rename: {a: 'b'}}", "{a: 1, c: 2}", "{c: 2, b: 1}")]
    [InlineData("{$rename: {a: 'b.c'}}", "{a: 1, b: {d: 2}}", "{b: {d: 2, c: 1}}")]
    [InlineData("{$rename: {x: 'b.c'}}", "{a: 1}", "{a: 1}")]
    [InlineData("{$rename: {b: 'a'}}", "{a: 1, b: 2}", "{a: 2}")]
    [InlineData("{$setOnInsert: {b: 1}, $set: {a: 1}}", "{}", "{a: 1}")]
    [InlineData("{$currentDate: {a: true, b: {$type: 'timestamp'}}}", "{}", "{a: ISODate('2026-01-02T03:04:05Z'), b: Timestamp(1767323045, 1)}")]
    [InlineData("{$push: {a: 1, b: 2}}", "{a: [0]}", "{a: [0, 1], b: [2]}")]
    [InlineData("{$push: {a: [1, 2]}}", "{a: [0]}", "{a: [0, [1, 2]]}")]
    [InlineData("{$push: {a: {$each: [5, 1], $sort: -1}}}", "{a: [3]}", "{a: [5, 3, 1]}")]
    [InlineData("{$push: {a: {$each: [{s: 2}], $sort: {s: 1}, $slice: -2}}}", "{a: [{s: 3}, {s: 1}]}", "{a: [{s: 2}, {s: 3}]}")]
    [InlineData("{$push: {a: {$each: [9], $position: 1}}}", "{a: [1, 2]}", "{a: [1, 9, 2]}")]
    [InlineData("{$push: {a: {$each: [9], $position: -1}}}", "{a: [1, 2]}", "{a: [1, 9, 2]}")]
    [InlineData("{$push: {a: {$each: [], $slice: 0}}}", "{a: [1, 2]}", "{a: []}")]
    [InlineData("{$addToSet: {a: 2}}", "{a: [1]}", "{a: [1, 2]}")]
    [InlineData("{$addToSet: {a: {$each: [1.0, 2, 2]}}}", "{a: [1]}", "{a: [1, 2]}")]
    [InlineData("{$addToSet: {a: {$each: []}}}", "{}", "{a: []}")]
    [InlineData("{$addToSet: {a: {x: 1}}}", "{a: [{x: 1, y: 1}]}", "{a: [{x: 1, y: 1}, {x: 1}]}")]
    [InlineData("{$pop: {a: 1, b: -1}}", "{a: [1, 2], b: [1, 2]}", "{a: [1], b: [2]}")]
    [InlineData("{$pull: {a: 1}}", "{a: [1, 2, 1.0]}", "{a: [2]}")]
    [InlineData("{$pull: {a: {$gte: 2}}}", "{a: [1, 2, 3, 'x']}", "{a: [1, 'x']}")]
    [InlineData("{$pull: {a: {$in: [1, 'x']}}}", "{a: [1, 2, 'x']}", "{a: [2]}")]
    [InlineData("{$pull: {a: {s: 8, t: 'B'}}}", "{a: [{t: 'B', s: 8, u: 1}, {t: 'A', s: 8}]}", "{a: [{t: 'A', s: 8}]}")]
    [InlineData("{$pull: {a: {q: {$elemMatch: {n: {$gte: 8}}}}}}", "{a: [{q: [{n: 9}]}, {q: [{n: 1}]}]}", "{a: [{q: [{n: 1}]}]}")]
    [InlineData("{$pull: {a: {$or: [{n: 1}, {n: 2}]}}}", "{a: [{n: 1}, {n: 2}, {n: 3}]}", "{a: [{n: 3}]}")]
    [InlineData("{$pullAll: {a: [1, {x: 1}]}}", "{a: [1, {x: 1}, 2, 1]}", "{a: [2]}")]
    [InlineData("{$bit: {a: {and: 10}, b: {or: NumberLong(5)}}}", "{a: 13, b: 3}", "{a: 8, b: NumberLong(7)}")]
    [InlineData("{$inc: {'a.$[]': 10}}", "{a: [1, 2]}", "{a: [11, 12]}")]
    [InlineData("{$set: {'a.$[].b.$[]': 0}}", "{a: [{b: [1]}, {b: [2, 3]}]}", "{a: [{b: [0]}, {b: [0, 0]}]}")]
    [InlineData("{$unset: {'a.$[].b': ''}}", "{a: [{b: 1, c: 1}, {c: 2}]}", "{a: [{c: 1}, {c: 2}]}")]
    [InlineData("{b: 2}", "{_id: 7, a: 1}", "{_id: 7, b: 2}")]
    [InlineData("{b: 2, _id: 7}", "{_id: 7, a: 1}", "{_id: 7, b: 2}")]
    [InlineData("{}", "{_id: 7, a: 1}", "{_id: 7}")]
    public void Changes(string update, string before, string after) => Apply(update, before).Exact().Should().Be(BsonDocument.Parse(after).Exact());

    [Theory]
    [InlineData("{$set: {a: 1}}", "{a: 1}")]
    [InlineData("{$inc: {a: 0}}", "{a: 1}")]
    [InlineData("{$unset: {b: ''}}", "{a: 1}")]
    [InlineData("{$addToSet: {a: 1}}", "{a: [1]}")]
    [InlineData("{$pull: {a: 5, b: 1}}", "{a: [1]}")]
    [InlineData("{$pop: {a: 1, b: 1}}", "{a: []}")]
    [InlineData("{$min: {a: 5}}", "{a: 1}")]
    [InlineData("{$setOnInsert: {b: 1}}", "{a: 1}")]
    [InlineData("{$set: {}}", "{a: 1}")]
    [InlineData("{a: 1}", "{a: 1}")]
    public void An_update_that_changes_nothing_returns_the_source_itself(string update, string before)
    {
        var source = BsonDocument.Parse(before);

        UpdateOperation.Parse(BsonDocument.Parse(update)).Apply(source, new UpdateContext(Now)).Should().BeSameAs(source);
    }

    [Theory]
    [InlineData("{$set: {'a.$.b': 9}}", "{'a.b': 2}", "{a: [{b: 1}, {b: 2}]}", "{a: [{b: 1}, {b: 9}]}")]
    [InlineData("{$inc: {'a.$': 1}}", "{a: {$gt: 1}}", "{a: [1, 2, 3]}", "{a: [1, 3, 3]}")]
    [InlineData("{$unset: {'a.$': ''}}", "{a: 2}", "{a: [1, 2]}", "{a: [1, null]}")]
    public void A_positional_dollar_is_the_element_the_filter_found(string update, string filter, string before, string after)
    {
        var source = BsonDocument.Parse(before);
        DocumentFilter.Parse(BsonDocument.Parse(filter)).Matches(source, out var position).Should().BeTrue();

        var result = UpdateOperation.Parse(BsonDocument.Parse(update)).Apply(source, new UpdateContext(Now) { PositionalIndex = position });

        result.Exact().Should().Be(BsonDocument.Parse(after).Exact());
    }

    [Theory]
    [InlineData("{$set: {'a.$[x]': 0}}", "[{x: {$gte: 2}}]", "{a: [1, 2, 3]}", "{a: [1, 0, 0]}")]
    [InlineData("{$set: {'a.$[x].m': 0}}", "[{'x.g': {$gt: 1}, 'x.h': 1}]", "{a: [{g: 2, h: 1}, {g: 2, h: 2}]}", "{a: [{g: 2, h: 1, m: 0}, {g: 2, h: 2}]}")]
    [InlineData("{$inc: {'a.$[x].b.$[y]': 1}}", "[{x: {$type: 'object'}}, {$or: [{y: 1}, {y: 3}]}]", "{a: [{b: [1, 2, 3]}, 5]}", "{a: [{b: [2, 2, 4]}, 5]}")]
    public void Array_filters_choose_elements(string update, string filters, string before, string after) =>
        UpdateOperation.Parse(BsonDocument.Parse(update), BsonDocument.Parse($"{{f: {filters}}}")["f"].AsBsonArray)
            .Apply(BsonDocument.Parse(before), new UpdateContext(Now))
            .Exact().Should().Be(BsonDocument.Parse(after).Exact());

    [Theory]
    [InlineData("{$set: {a: 1}, $inc: {a: 1}}", "{}", 40)]
    [InlineData("{$set: {'a.b': 1, a: 1}}", "{}", 40)]
    [InlineData("{$rename: {a: 'b'}, $set: {b: 1}}", "{}", 40)]
    [InlineData("{$set: {_id: 2}}", "{_id: 1}", 66)]
    [InlineData("{$unset: {_id: 1}}", "{_id: 1}", 66)]
    [InlineData("{_id: 2}", "{_id: 1}", 66)]
    [InlineData("{$inc: {a: 1}}", "{a: 'x'}", 14)]
    [InlineData("{$inc: {a: null}}", "{}", 14)]
    [InlineData("{$inc: {a: 1}}", "{a: NumberLong('9223372036854775807')}", 2)]
    [InlineData("{$mul: {a: 2}}", "{a: {}}", 14)]
    [InlineData("{$set: {'a.b': 1}}", "{a: 5}", 28)]
    [InlineData("{$set: {'a.b': 1}}", "{a: null}", 28)]
    [InlineData("{$set: {'a.b': 1}}", "{a: [1]}", 28)]
    [InlineData("{$set: {'a.b.c': 1}}", "{a: {b: 'x'}}", 28)]
    [InlineData("{$foo: {a: 1}}", "{}", 9)]
    [InlineData("{$set: {a: 1}, b: 2}", "{}", 9)]
    [InlineData("{$set: 5}", "{}", 9)]
    [InlineData("{a: 1, $set: {b: 1}}", "{}", 52)]
    [InlineData("{$set: {'a..b': 1}}", "{}", 56)]
    [InlineData("{$set: {'$a': 1}}", "{}", 52)]
    [InlineData("{$push: {a: 1}}", "{a: 5}", 2)]
    [InlineData("{$push: {a: {$each: 1}}}", "{}", 2)]
    [InlineData("{$push: {a: {$each: [], $foo: 1}}}", "{}", 2)]
    [InlineData("{$addToSet: {a: 1}}", "{a: 5}", 2)]
    [InlineData("{$pop: {a: 2}}", "{}", 9)]
    [InlineData("{$pop: {a: 1}}", "{a: 5}", 14)]
    [InlineData("{$pull: {a: 1}}", "{a: 5}", 2)]
    [InlineData("{$bit: {a: {nor: 1}}}", "{}", 2)]
    [InlineData("{$bit: {a: {or: 1}}}", "{a: 1.5}", 2)]
    [InlineData("{$currentDate: {a: 5}}", "{}", 2)]
    [InlineData("{$rename: {a: 'a'}}", "{}", 2)]
    [InlineData("{$rename: {'a.0': 'b'}}", "{a: [1]}", 2)]
    [InlineData("{$set: {'a.$': 1}}", "{a: [1]}", 2)]
    [InlineData("{$set: {'a.$[]': 1}}", "{a: 1}", 2)]
    [InlineData("{$set: {'a.$[]': 1}}", "{}", 2)]
    [InlineData("{$set: {'a.$[x]': 1}}", "{a: [1]}", 2)]
    [InlineData("{$set: {'a.2000000': 1}}", "{a: [1]}", 2)]
    public void What_MongoDB_refuses_is_refused_with_its_code(string update, string before, int code)
    {
        var apply = () => Apply(update, before);

        apply.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }

    [Theory]
    [InlineData("[{$set: {b: {$add: ['$a', 1]}}}, {$unset: 'a'}]", "{_id: 1, a: 1}", "{_id: 1, b: 2}")]
    [InlineData("[{$replaceWith: {v: '$$v', n: '$$NOW'}}]", "{_id: 1, a: 1}", "{_id: 1, v: 7, n: ISODate('2026-01-02T03:04:05Z')}")]
    [InlineData("[{$project: {a: 1}}]", "{_id: 1, a: 1, b: 2}", "{_id: 1, a: 1}")]
    public void A_pipeline_makes_the_new_document(string stages, string before, string after)
    {
        var variables = Variables.Of(Now, BsonDocument.Parse("{v: 7}"));

        var result = UpdateOperation.Parse(BsonDocument.Parse($"{{p: {stages}}}")["p"], null, variables)
            .Apply(BsonDocument.Parse(before), new UpdateContext(Now) { Variables = variables });

        result.Exact().Should().Be(BsonDocument.Parse(after).Exact());
    }

    [Theory]
    [InlineData("[{$match: {}}]", 72)]
    [InlineData("[{$foo: 1}]", 40324)]
    [InlineData("[{$set: {_id: 9}}]", 66)]
    public void A_pipeline_that_no_update_may_run_is_refused(string stages, int code)
    {
        var apply = () => UpdateOperation.Parse(BsonDocument.Parse($"{{p: {stages}}}")["p"]).Apply(BsonDocument.Parse("{_id: 1}"), new UpdateContext(Now));

        apply.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(code);
    }

    [Theory]
    [InlineData("{$set: {b: 1}}", "[{x: 1}]")]
    [InlineData("{$set: {'a.$[x]': 1}}", "[{x: 1}, {x: 2}]")]
    [InlineData("{$set: {'a.$[x]': 1}}", "[{x: 1, y: 2}]")]
    [InlineData("{a: 1}", "[{x: 1}]")]
    public void Array_filters_must_be_used_and_unambiguous(string update, string filters)
    {
        var parse = () => UpdateOperation.Parse(BsonDocument.Parse(update), BsonDocument.Parse($"{{f: {filters}}}")["f"].AsBsonArray);

        parse.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(9);
    }

    [Fact]
    public void The_source_is_never_modified()
    {
        var source = BsonDocument.Parse("{a: {b: [1, {c: 1}]}, x: 1}");
        var copy = source.DeepClone();

        Apply("{$set: {'a.b.1.c': 2, y: 1}, $unset: {x: 1}, $push: {'a.d': 1}}", source);

        source.Equals(copy).Should().BeTrue();
    }

    [Theory]
    [InlineData("{$set: {b: 3}}")]
    [InlineData("{$set: {'n.b': 3}}")]
    [InlineData("[{$set: {b: 3}}, {$project: {z: 0}}, {$unset: 'n.q'}]")]
    public void A_document_that_repeats_a_name_can_be_updated_and_keeps_both(string update)
    {
        var source = new BsonDocument { AllowDuplicateNames = true };
        source.Add("a", 1).Add("a", 2).Add("n", new BsonDocument { AllowDuplicateNames = true }.Add("x", 1).Add("x", 2));

        var result = UpdateOperation.Parse(Json.Value(update)).Apply(source, new UpdateContext(Now));

        result.Names.Count(name => name == "a").Should().Be(2);
        result["n"].AsBsonDocument.Names.Count(name => name == "x").Should().Be(2);
    }

    [Theory]
    [InlineData("{a: 1, b: {$gt: 5}}", "{a: 1}")]
    [InlineData("{'a.b': 1, 'a.c': {$eq: 2}}", "{a: {b: 1, c: 2}}")]
    [InlineData("{x: 1, _id: 5}", "{_id: 5, x: 1}")]
    [InlineData("{$and: [{a: 1}, {b: 2}]}", "{a: 1, b: 2}")]
    [InlineData("{$or: [{a: 1}]}", "{a: 1}")]
    [InlineData("{$or: [{a: 1}, {b: 1}]}", "{}")]
    [InlineData("{a: {$all: [1]}}", "{a: 1}")]
    [InlineData("{a: /x/, b: {$ne: 1}, c: {$in: [1, 2]}}", "{}")]
    public void An_upsert_starts_from_the_filters_equalities(string filter, string seed) =>
        UpsertSeed.From(BsonDocument.Parse(filter)).Exact().Should().Be(BsonDocument.Parse(seed).Exact());

    [Fact]
    public void An_upsert_sets_what_only_inserts_set()
    {
        var seed = UpsertSeed.From(BsonDocument.Parse("{_id: 1, k: 'x'}"));

        var result = UpdateOperation.Parse(BsonDocument.Parse("{$set: {v: 2}, $setOnInsert: {n: 0}}")).Apply(seed, new UpdateContext(Now) { IsInsert = true });

        result.Exact().Should().Be(BsonDocument.Parse("{_id: 1, k: 'x', n: 0, v: 2}").Exact());
    }

    [Fact]
    public void A_replacing_upsert_takes_only_the_id_from_the_filter() =>
        UpsertSeed.From(BsonDocument.Parse("{a: 1, _id: 5}"), replacement: true).Exact().Should().Be(BsonDocument.Parse("{_id: 5}").Exact());

    [Fact]
    public void An_upsert_cannot_equal_two_values_at_one_path()
    {
        var seed = () => UpsertSeed.From(BsonDocument.Parse("{$and: [{a: 1}, {'a.b': 2}]}"));

        seed.Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(54);
    }

    private static BsonDocument Apply(string update, string source) => Apply(update, BsonDocument.Parse(source));

    private static BsonDocument Apply(string update, BsonDocument source) =>
        UpdateOperation.Parse(BsonDocument.Parse(update)).Apply(source, new UpdateContext(Now));
}
