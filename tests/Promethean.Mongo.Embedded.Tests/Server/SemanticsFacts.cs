using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Tests.Bson;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>What MongoDB's manual says and its imitations get wrong. Each case begins with the page of the manual it checks.</summary>
[Trait("Category", "Integration")]
public abstract class SemanticsFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private const string Nothing = "[{_id: 1, a: null}, {_id: 2}, {_id: 3, a: [null]}, {_id: 4, a: []}, {_id: 5, a: 1}, {_id: 6, a: {b: null}}]";
    private const string Nested = "[{_id: 1, a: [[1, 2], [3]]}, {_id: 2, a: [1, 2]}, {_id: 3, a: [3]}, {_id: 4, a: 3}, {_id: 5, a: [[[1, 2]]]}]";
    private const string Elements = "[{_id: 1, r: [{p: 1, q: 5}, {p: 5, q: 1}]}, {_id: 2, r: [{p: 5, q: 5}]}, {_id: 3, r: {p: 5, q: 5}}, {_id: 4, r: []}]";
    private const string Numbers = "[{_id: 1, n: 1}, {_id: 2, n: NumberLong(1)}, {_id: 3, n: 1.0}, {_id: 4, n: NumberDecimal('1.00')}, {_id: 5, n: '1'}, {_id: 6, n: true}, {_id: 7, n: NaN}, {_id: 8, n: -0.0}, {_id: 9, n: 0}]";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: null}", "1 2 3")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$type: 10}}", "1 3")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$exists: false}}", "2")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$ne: null}}", "4 5 6")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{'a.b': null}", "1 2 5 6")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$in: [null, 1]}}", "1 2 3 5")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$gte: null}}", "1 2 3")]
    [InlineData("Query for Null or Missing Fields", Nothing, "{a: {$gt: null}}", "")]
    [InlineData("$nin", Nothing, "{a: {$nin: [null]}}", "4 5 6")]
    [InlineData("$nin", Nested, "{a: {$nin: [3]}}", "1 2 5")]
    [InlineData("$ne", Nested, "{a: {$ne: 1}}", "1 3 4 5")]
    [InlineData("$ne", Nested, "{a: {$ne: [1, 2]}}", "3 4 5")]
    [InlineData("Query an Array", Nested, "{a: [1, 2]}", "1 2")]
    [InlineData("Query an Array", Nested, "{a: [2, 1]}", "")]
    [InlineData("Query an Array", Nested, "{a: 3}", "3 4")]
    [InlineData("Query an Array", Nested, "{'a.0': 3}", "3")]
    [InlineData("Query an Array", Nested, "{'a.0': [1, 2]}", "1")]
    [InlineData("Query an Array", Nested, "{'a.0.1': 2}", "1")]
    [InlineData("Query an Array", Nested, "{a: {$gt: 1, $lt: 2}}", "2")]
    [InlineData("Query an Array", "[{_id: 1, a: [1, 9]}, {_id: 2, a: [4]}]", "{a: {$gt: 3, $lt: 5}}", "1 2")]
    [InlineData("Query an Array", "[{_id: 1, a: [1, 9]}, {_id: 2, a: [4]}]", "{a: {$gt: 8, $lt: 5}}", "1")]
    [InlineData("$elemMatch (query)", "[{_id: 1, a: [1, 9]}, {_id: 2, a: [4]}]", "{a: {$elemMatch: {$gt: 8, $lt: 5}}}", "")]
    [InlineData("$elemMatch (query)", Elements, "{r: {$elemMatch: {p: 5, q: 5}}}", "2")]
    [InlineData("Query an Array of Embedded Documents", Elements, "{'r.p': 5, 'r.q': 5}", "1 2 3")]
    [InlineData("Query an Array of Embedded Documents", Elements, "{'r.0.p': 5}", "2")]
    [InlineData("Query an Array of Embedded Documents", Elements, "{r: {p: 5, q: 5}}", "2 3")]
    [InlineData("Query on Embedded/Nested Documents", Elements, "{r: {q: 5, p: 5}}", "")]
    [InlineData("$exists", Elements, "{'r.p': {$exists: false}}", "4")]
    [InlineData("$size", Nested, "{a: {$size: 1}}", "3 5")]
    [InlineData("$all", Nested, "{a: {$all: [[1, 2]]}}", "1 2")]
    [InlineData("$all", Nested, "{a: {$all: [1, 2]}}", "2")]
    [InlineData("$all", Nested, "{a: {$all: [3]}}", "3 4")]
    [InlineData("$all", Nested, "{a: {$all: []}}", "")]
    [InlineData("$all", Elements, "{r: {$all: [{$elemMatch: {p: 1}}, {$elemMatch: {q: 1}}]}}", "1")]
    [InlineData("$type", Nested, "{a: {$type: 'array'}}", "1 2 3 5")]
    [InlineData("$type", Nested, "{a: {$type: 'int'}}", "2 3 4")]
    [InlineData("$type", Numbers, "{n: {$type: 'number'}}", "1 2 3 4 7 8 9")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: 1}", "1 2 3 4")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: {$gt: 0}}", "1 2 3 4")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: {$lte: 0}}", "8 9")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: NaN}", "7")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: {$gte: NaN}}", "7")]
    [InlineData("Comparison/Sort Order", Numbers, "{n: {$in: [NumberDecimal('1'), true]}}", "1 2 3 4 6")]
    [InlineData("$mod", "[{_id: 1, a: 4.9}, {_id: 2, a: -4}, {_id: 3, a: 'x'}, {_id: 4, a: [5, 8]}, {_id: 5, a: 6}]", "{a: {$mod: [4, 0]}}", "1 2 4")]
    [InlineData("$regex", "[{_id: 1, a: 'Abc'}, {_id: 2, a: ['x', 'aB']}, {_id: 3, a: 5}, {_id: 4}]", "{a: /^ab/i}", "1 2")]
    [InlineData("$regex", "[{_id: 1, a: 'Abc'}, {_id: 2, a: ['x', 'aB']}, {_id: 3, a: 5}, {_id: 4}]", "{a: {$not: /^ab/i}}", "3 4")]
    [InlineData("$not", Nested, "{a: {$not: {$gt: 2}}}", "1 2 5")]
    [InlineData("$nor", Nested, "{$nor: [{a: 3}, {a: [1, 2]}]}", "5")]
    [InlineData("$expr", "[{_id: 1, a: 5, b: 3}, {_id: 2, a: 1, b: 3}, {_id: 3, b: 3}]", "{$expr: {$gt: ['$a', '$b']}}", "1")]
    [InlineData("$expr", "[{_id: 1, a: [1, 2]}, {_id: 2, a: 1}]", "{$expr: {$eq: ['$a', 1]}}", "2")]
    [InlineData("$bitsAllSet", "[{_id: 1, a: 54}, {_id: 2, a: 20}, {_id: 3, a: 20.5}, {_id: 4, a: -1}]", "{a: {$bitsAllSet: [1, 5]}}", "1 4")]
    [InlineData("$bitsAnyClear", "[{_id: 1, a: 54}, {_id: 2, a: 20}, {_id: 3, a: 20.5}, {_id: 4, a: -1}]", "{a: {$bitsAnyClear: 2}}", "2")]
    [InlineData("$jsonSchema", "[{_id: 1, a: 'x'}, {_id: 2, a: 1}, {_id: 3}]", "{$jsonSchema: {required: ['a'], properties: {a: {bsonType: 'string'}}}}", "1")]
    [InlineData("$jsonSchema", "[{_id: 1, a: 'x'}, {_id: 2, a: 1}, {_id: 3}]", "{$nor: [{$jsonSchema: {properties: {a: {bsonType: 'string'}}}}]}", "2")]
    public async Task A_filter_finds(string page, string documents, string filter, string ids)
    {
        var collection = await FilledAsync(documents);

        var found = await collection.Find(BsonDocument.Parse(filter)).Sort("{ _id: 1 }").ToListAsync(Cancel);

        string.Join(' ', found.Select(document => document["_id"])).Should().Be(ids, "the page {0} says so", page);
    }

    [Theory]
    [InlineData("Comparison/Sort Order", "{a: 1, _id: 1}", "4 1 2 3 5 6")]
    [InlineData("Comparison/Sort Order", "{a: -1, _id: 1}", "6 5 1 2 3 4")]
    public async Task Null_and_missing_sort_together_and_an_empty_array_before_them(string page, string sort, string ids) =>
        (await SortedAsync(Nothing, sort)).Should().Be(ids, "the page {0} says so", page);

    [Theory]
    [InlineData("cursor.sort()", "{a: 1, _id: 1}", "3 2 1")]
    [InlineData("cursor.sort()", "{a: -1, _id: 1}", "3 1 2")]
    [InlineData("cursor.sort()", "{'d.x': 1}", "2 1 3")]
    [InlineData("cursor.sort()", "{'d.x': -1}", "1 3 2")]
    public async Task An_array_sorts_by_its_least_or_greatest_element(string page, string sort, string ids) => (await SortedAsync(
        "[{_id: 1, a: 5, d: [{x: 2}, {x: 9}]}, {_id: 2, a: [4, 2], d: {x: 1}}, {_id: 3, a: [1, 9], d: {x: 5}}]", sort)).Should().Be(ids, "the page {0} says so", page);

    [Theory]
    [InlineData("$push", "{a: [3]}", "{$push: {a: {$each: [1, 5], $position: 0, $sort: -1, $slice: 2}}}", "{a: [5, 3]}")]
    [InlineData("$push", "{a: [3]}", "{$push: {a: {$each: [1, 5], $position: 0}}}", "{a: [1, 5, 3]}")]
    [InlineData("$push", "{a: [1, 2, 3]}", "{$push: {a: {$each: [9], $position: -1}}}", "{a: [1, 2, 9, 3]}")]
    [InlineData("$slice (update)", "{a: [1, 2]}", "{$push: {a: {$each: [3], $slice: -2}}}", "{a: [2, 3]}")]
    [InlineData("$slice (update)", "{a: [1, 2]}", "{$push: {a: {$each: [], $slice: 0}}}", "{a: []}")]
    [InlineData("$sort (update)", "{a: [{s: 2}, {s: 1, x: 1}, 7]}", "{$push: {a: {$each: [{s: 0}], $sort: {s: 1}}}}", "{a: [7, {s: 0}, {s: 1, x: 1}, {s: 2}]}")]
    [InlineData("$push", "{a: [1]}", "{$push: {a: [2, 3]}}", "{a: [1, [2, 3]]}")]
    [InlineData("$addToSet", "{a: [1]}", "{$addToSet: {a: [2, 3]}}", "{a: [1, [2, 3]]}")]
    [InlineData("$addToSet", "{a: [1]}", "{$addToSet: {a: {$each: [1.0, 2, 2]}}}", "{a: [1, 2]}")]
    [InlineData("$pull", "{a: [{s: 8, i: 'B'}, {s: 8, i: 'B', x: 1}, {s: 5}]}", "{$pull: {a: {i: 'B', s: 8}}}", "{a: [{s: 5}]}")]
    [InlineData("$pull", "{a: [1, 5, 9]}", "{$pull: {a: {$gte: 5}}}", "{a: [1]}")]
    [InlineData("$pull", "{a: [[1], [2], 1]}", "{$pull: {a: [1]}}", "{a: [[2], 1]}")]
    [InlineData("$pull", "{a: [1, null, 2]}", "{$pull: {a: {$in: [null, 2]}}}", "{a: [1]}")]
    [InlineData("$pullAll", "{a: [0, 2, 5, 5, 1.0]}", "{$pullAll: {a: [5, 1]}}", "{a: [0, 2]}")]
    [InlineData("$pop", "{a: [1, 2, 3]}", "{$pop: {a: -1}}", "{a: [2, 3]}")]
    [InlineData("$inc", "{a: 1}", "{$inc: {a: NumberLong(1)}}", "{a: NumberLong(2)}")]
    [InlineData("$inc", "{a: 2147483647}", "{$inc: {a: 1}}", "{a: NumberLong('2147483648')}")]
    [InlineData("$inc", "{a: 1}", "{$inc: {a: 0.5}}", "{a: 1.5}")]
    [InlineData("$inc", "{a: NumberDecimal('0.1')}", "{$inc: {a: NumberDecimal('0.2')}}", "{a: NumberDecimal('0.3')}")]
    [InlineData("$inc", "{}", "{$inc: {'a.b': -2}}", "{a: {b: -2}}")]
    [InlineData("$mul", "{}", "{$mul: {a: NumberLong(3)}}", "{a: NumberLong(0)}")]
    [InlineData("$min", "{a: 'x'}", "{$min: {a: 5}}", "{a: 5}")]
    [InlineData("$max", "{a: 5}", "{$max: {a: 5.0}}", "{a: 5}")]
    [InlineData("$max", "{a: 5}", "{$max: {a: null}}", "{a: 5}")]
    [InlineData("$rename", "{a: {b: 1}, c: 2}", "{$rename: {'a.b': 'd.e', nothing: 'f'}}", "{a: {}, c: 2, d: {e: 1}}")]
    [InlineData("$rename", "{a: 1, b: 2}", "{$rename: {a: 'b'}}", "{b: 1}")]
    [InlineData("$unset", "{a: [1, 2, 3], b: 1}", "{$unset: {'a.1': '', b: '', c: ''}}", "{a: [1, null, 3]}")]
    [InlineData("$set", "{a: [1]}", "{$set: {'a.3': 4}}", "{a: [1, null, null, 4]}")]
    [InlineData("$set", "{}", "{$set: {'a.0': 4}}", "{a: {'0': 4}}")]
    [InlineData("$set", "{z: 1}", "{$set: {c: 1, a: 2, b: 3}}", "{z: 1, a: 2, b: 3, c: 1}")]
    [InlineData("$set", "{a: 1}", "{$set: {}}", "{a: 1}")]
    [InlineData("$bit", "{a: 13}", "{$bit: {a: {and: 10}}}", "{a: 8}")]
    [InlineData("$setOnInsert", "{a: 1}", "{$setOnInsert: {a: 2}, $set: {b: 1}}", "{a: 1, b: 1}")]
    [InlineData("$[]", "{a: [{b: 1}, {b: 2}]}", "{$inc: {'a.$[].b': 10}}", "{a: [{b: 11}, {b: 12}]}")]
    [InlineData("Updates with Aggregation Pipeline", "{a: 3, b: 1}", "[{$set: {c: {$add: ['$a', '$b']}}}, {$unset: 'b'}, {$set: {d: '$c'}}]", "{a: 3, c: 4, d: 4}")]
    [InlineData("Updates with Aggregation Pipeline", "{a: 3}", "[{$replaceWith: {n: '$a'}}]", "{n: 3}")]
    public async Task An_update_makes(string page, string before, string update, string after)
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(new BsonDocument("_id", 0).AddRange(BsonDocument.Parse(before)), cancellationToken: Cancel);

        await collection.UpdateOneAsync("{ _id: 0 }", Update(update), cancellationToken: Cancel);

        var found = await collection.Find("{}").Project("{ _id: 0 }").SingleAsync(Cancel);
        found.Exact().Should().Be(BsonDocument.Parse(after).Exact(), "the page {0} says so", page);
    }

    [Theory]
    [InlineData("$[<identifier>]", "{a: [{b: 1, c: 5}, {b: 2, c: 9}]}", "{}", "{$set: {'a.$[x].b': 0}}", "{'x.c': {$gt: 6}}", "{a: [{b: 1, c: 5}, {b: 0, c: 9}]}")]
    [InlineData("$[<identifier>]", "{a: [[1, 8], [9]]}", "{}", "{$inc: {'a.$[].$[x]': 1}}", "{x: {$gte: 8}}", "{a: [[1, 9], [10]]}")]
    [InlineData("$ (update)", "{a: [1, 5, 5]}", "{a: 5}", "{$set: {'a.$': 0}}", null, "{a: [1, 0, 5]}")]
    [InlineData("$ (update)", "{a: [{b: 1, c: [7]}, {b: 2, c: [8]}]}", "{a: {$elemMatch: {b: 2}}}", "{$push: {'a.$.c': 9}}", null, "{a: [{b: 1, c: [7]}, {b: 2, c: [8, 9]}]}")]
    public async Task Elements_are_updated_where_they_match(string page, string before, string filter, string update, string? arrayFilter, string after)
    {
        var collection = target.NewCollection();
        await collection.InsertOneAsync(new BsonDocument("_id", 0).AddRange(BsonDocument.Parse(before)), cancellationToken: Cancel);
        var options = new UpdateOptions { ArrayFilters = arrayFilter is null ? null : [new BsonDocumentArrayFilterDefinition<BsonDocument>(BsonDocument.Parse(arrayFilter))] };

        await collection.UpdateOneAsync(BsonDocument.Parse(filter), Update(update), options, Cancel);

        var found = await collection.Find("{}").Project("{ _id: 0 }").SingleAsync(Cancel);
        found.Exact().Should().Be(BsonDocument.Parse(after).Exact(), "the page {0} says so", page);
    }

    [Theory]
    [InlineData("Upsert with Operator Expressions", "{_id: 1, a: 1, b: {$gt: 5}, 'c.d': 2}", "{$set: {e: 3}, $setOnInsert: {f: 4}}", "{_id: 1, a: 1, c: {d: 2}, e: 3, f: 4}")]
    [InlineData("Upsert with Operator Expressions", "{_id: 1, $and: [{a: {$eq: 1}}, {$or: [{b: 2}]}]}", "{$inc: {n: 1}}", "{_id: 1, a: 1, b: 2, n: 1}")]
    [InlineData("Upsert with Operator Expressions", "{_id: 1, $or: [{a: 1}, {b: 2}]}", "{$push: {l: 1}}", "{_id: 1, l: [1]}")]
    [InlineData("Upsert with Operator Expressions", "{_id: 1, a: 5}", "[{$set: {b: {$add: ['$a', 1]}}}]", "{_id: 1, a: 5, b: 6}")]
    public async Task An_upsert_starts_from_what_the_filter_says(string page, string filter, string update, string inserted)
    {
        var collection = target.NewCollection();

        await collection.UpdateOneAsync(BsonDocument.Parse(filter), Update(update), new UpdateOptions { IsUpsert = true }, Cancel);

        (await collection.Find("{}").SingleAsync(Cancel)).Exact().Should().Be(BsonDocument.Parse(inserted).Exact(), "the page {0} says so", page);
    }

    [Theory]
    [InlineData("Update Operators", "{$set: {a: 1}, $inc: {a: 1}}", 40)]
    [InlineData("Update Operators", "{$set: {a: 1, 'a.b': 1}}", 40)]
    [InlineData("$inc", "{$inc: {s: 1}}", 14)]
    [InlineData("$inc", "{$inc: {n: 1}}", 14)]
    [InlineData("$push", "{$push: {s: 1}}", 2)]
    [InlineData("$set", "{$set: {'s.x': 1}}", 28)]
    [InlineData("$set", "{$set: {_id: 5}}", 66)]
    [InlineData("$ (update)", "{$set: {'l.$': 1}}", 2)]
    [InlineData("$foo", "{$foo: {a: 1}}", 9)]
    [InlineData("$mul", "{$mul: {big: 2}}", 2)]
    public async Task An_update_is_refused(string page, string update, int code)
    {
        var collection = await FilledAsync("[{_id: 0, s: 'text', n: null, l: [1], big: NumberLong('9223372036854775807')}]");

        var failure = await collection.Awaiting(c => c.UpdateOneAsync("{ _id: 0 }", Update(update), cancellationToken: Cancel)).Should().ThrowAsync<MongoWriteException>();

        failure.Which.WriteError.Code.Should().Be(code, "the page {0} says so", page);
    }

    [Theory]
    [InlineData("$group", Nothing, "[{$match: {_id: {$in: [1, 2, 5]}}}, {$group: {_id: '$a', n: {$sum: 1}}}, {$sort: {_id: 1}}]", "[{_id: null, n: 2}, {_id: 1, n: 1}]")]
    [InlineData("$group", Nothing, "[{$match: {_id: {$in: [1, 2]}}}, {$group: {_id: {x: '$a'}, n: {$sum: 1}}}, {$sort: {_id: 1}}]", "[{_id: {}, n: 1}, {_id: {x: null}, n: 1}]")]
    [InlineData("$group", Nothing, "[{$group: {_id: null, s: {$sum: '$a'}, v: {$avg: '$nothing'}, m: {$max: '$nothing'}, p: {$push: '$nothing'}, f: {$first: '$nothing'}, c: {$count: {}}}}]",
        "[{_id: null, s: 1, v: null, m: null, p: [], f: null, c: 6}]")]
    [InlineData("$sum", Numbers, "[{$match: {_id: {$in: [1, 2, 4, 5]}}}, {$group: {_id: null, s: {$sum: '$n'}}}]", "[{_id: null, s: NumberDecimal('3.00')}]")]
    [InlineData("$sum", "[{_id: 1, n: 2147483647}, {_id: 2, n: 1}]", "[{$group: {_id: null, s: {$sum: '$n'}}}]", "[{_id: null, s: NumberLong('2147483648')}]")]
    [InlineData("$group", Numbers, "[{$match: {_id: {$lte: 4}}}, {$group: {_id: '$n', c: {$sum: 1}}}]", "[{_id: 1, c: 4}]")]
    [InlineData("$unwind", Nothing, "[{$unwind: '$a'}, {$project: {a: 1}}, {$sort: {_id: 1}}]", "[{_id: 3, a: null}, {_id: 5, a: 1}, {_id: 6, a: {b: null}}]")]
    [InlineData("$unwind", Nothing, "[{$unwind: {path: '$a', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i'}}, {$sort: {_id: 1}}]",
        "[{_id: 1, a: null, i: null}, {_id: 2, i: null}, {_id: 3, a: null, i: NumberLong(0)}, {_id: 4, i: null}, {_id: 5, a: 1, i: null}, {_id: 6, a: {b: null}, i: null}]")]
    [InlineData("$unwind", Nested, "[{$match: {_id: 1}}, {$unwind: '$a'}, {$unwind: '$a'}]", "[{_id: 1, a: 1}, {_id: 1, a: 2}, {_id: 1, a: 3}]")]
    [InlineData("$project", Nothing, "[{$match: {_id: 2}}, {$project: {a: 1, b: '$a', c: ['$a'], d: {e: '$a'}, f: {$ifNull: ['$a', 'none']}}}]", "[{_id: 2, c: [null], d: {}, f: 'none'}]")]
    [InlineData("$project", Elements, "[{$match: {_id: {$lte: 3}}}, {$project: {'r.p': 1}}, {$sort: {_id: 1}}]", "[{_id: 1, r: [{p: 1}, {p: 5}]}, {_id: 2, r: [{p: 5}]}, {_id: 3, r: {p: 5}}]")]
    [InlineData("$project", Elements, "[{$match: {_id: {$lte: 3}}}, {$project: {_id: 0, v: '$r.p'}}]", "[{v: [1, 5]}, {v: [5]}, {v: 5}]")]
    [InlineData("$addFields", Elements, "[{$match: {_id: 1}}, {$addFields: {'r.z': 0}}]", "[{_id: 1, r: [{p: 1, q: 5, z: 0}, {p: 5, q: 1, z: 0}]}]")]
    [InlineData("$eq (aggregation)", Nothing, "[{$match: {_id: {$lte: 2}}}, {$project: {e: {$eq: ['$a', null]}, l: {$lt: ['$a', null]}}}]", "[{_id: 1, e: true, l: false}, {_id: 2, e: false, l: true}]")]
    [InlineData("$divide", Numbers, "[{$match: {_id: {$lte: 4}}}, {$project: {_id: 0, d: {$divide: ['$n', 2]}}}]", "[{d: 0.5}, {d: 0.5}, {d: 0.5}, {d: NumberDecimal('0.50')}]")]
    [InlineData("$sortByCount", Numbers, "[{$sortByCount: '$n'}, {$limit: 1}]", "[{_id: 1, count: 4}]")]
    [InlineData("$count", Nothing, "[{$match: {a: 99}}, {$count: 'n'}]", "[]")]
    [InlineData("$limit", Nothing, "[{$sort: {_id: -1}}, {$skip: 1}, {$limit: 1}, {$project: {_id: 1}}]", "[{_id: 5}]")]
    [InlineData("$bucket", Numbers, "[{$match: {_id: {$ne: 7}}}, {$bucket: {groupBy: '$n', boundaries: [0, 1, 2], default: 'other'}}]", "[{_id: 0, count: 2}, {_id: 1, count: 4}, {_id: 'other', count: 2}]")]
    [InlineData("$bucketAuto", Elements, "[{$bucketAuto: {groupBy: '$_id', buckets: 2}}]", "[{_id: {min: 1, max: 3}, count: 2}, {_id: {min: 3, max: 4}, count: 2}]")]
    [InlineData("$facet", Elements, "[{$facet: {n: [{$count: 'c'}], none: [{$match: {_id: 99}}]}}]", "[{n: [{c: 4}], none: []}]")]
    [InlineData("$replaceRoot", Elements, "[{$match: {_id: 3}}, {$replaceRoot: {newRoot: '$r'}}]", "[{p: 5, q: 5}]")]
    [InlineData("$redact", Elements, "[{$match: {_id: {$lte: 2}}}, {$redact: {$cond: [{$eq: ['$p', 1]}, '$$PRUNE', '$$DESCEND']}}]", "[{_id: 1, r: [{p: 5, q: 1}]}, {_id: 2, r: [{p: 5, q: 5}]}]")]
    [InlineData("$setWindowFields", Elements, "[{$setWindowFields: {sortBy: {_id: 1}, output: {n: {$sum: 1, window: {documents: ['unbounded', 'current']}}}}}, {$project: {n: 1}}]",
        "[{_id: 1, n: 1}, {_id: 2, n: 2}, {_id: 3, n: 3}, {_id: 4, n: 4}]")]
    [InlineData("$mergeObjects", Elements, "[{$match: {_id: 3}}, {$project: {_id: 0, m: {$mergeObjects: ['$r', null, {p: 0}, '$nothing']}}}]", "[{m: {p: 0, q: 5}}]")]
    [InlineData("$dateToString", "[{_id: 1, d: ISODate('2026-01-01T05:06:07.008Z')}]", "[{$project: {_id: 0, s: {$dateToString: {date: '$d', format: '%G-W%V-%u %H:%M:%S.%L %z', timezone: '+02:30'}}}}]", "[{s: '2026-W01-4 07:36:07.008 +0230'}]")]
    [InlineData("$setUnion", "[{_id: 1, a: [1, 2, 2], b: [3, 1]}]", "[{$project: {_id: 0, n: {$size: {$setUnion: ['$a', '$b']}}, e: {$setEquals: ['$a', [2, 1]]}}}]", "[{n: 3, e: true}]")]
    [InlineData("$convert", "[{_id: 1, a: '5', b: 'x'}]", "[{$project: {_id: 0, n: {$toInt: '$a'}, e: {$convert: {input: '$b', to: 'int', onError: 'bad'}}, z: {$toLong: '$nothing'}}}]", "[{n: 5, e: 'bad', z: null}]")]
    public async Task A_pipeline_makes(string page, string documents, string stages, string expected)
    {
        var collection = await FilledAsync(documents);

        var pipeline = PipelineDefinition<BsonDocument, BsonDocument>.Create(Array(stages).Select(stage => stage.AsBsonDocument));
        var found = await (await collection.AggregateAsync(pipeline, cancellationToken: Cancel)).ToListAsync(Cancel);

        new BsonArray(found).Exact().Should().Be(Array(expected).Exact(), "the page {0} says so", page);
    }

    [Theory]
    [InlineData("$lookup", "{localField: 'a', foreignField: 'k'}", "1:12 2:12 3:12 4: 5:3 6:")]
    [InlineData("$lookup", "{let: {a: '$a'}, pipeline: [{$match: {$expr: {$eq: ['$k', '$$a']}}}]}", "1:1 2:2 3: 4: 5:3 6:")]
    [InlineData("$lookup", "{localField: 'a', foreignField: 'k', pipeline: [{$match: {k: {$exists: true}}}]}", "1:1 2:1 3:1 4: 5:3 6:")]
    public async Task A_lookup_finds(string page, string join, string expected)
    {
        var collection = await FilledAsync(Nothing);
        var other = await FilledAsync("[{_id: 1, k: null}, {_id: 2}, {_id: 3, k: [1, 7]}]");
        if (join.Contains("$eq", StringComparison.Ordinal)) await other.UpdateOneAsync("{ _id: 3 }", "{ $set: { k: 1 } }", cancellationToken: Cancel);
        var lookup = new BsonDocument("from", other.CollectionNamespace.CollectionName).AddRange(BsonDocument.Parse(join)).Add("as", "m");

        var found = await collection.Aggregate().AppendStage<BsonDocument>(new BsonDocument("$lookup", lookup)).Sort("{ _id: 1 }").ToListAsync(Cancel);

        string.Join(' ', found.Select(document => $"{document["_id"]}:{string.Concat(document["m"].AsBsonArray.Select(match => match["_id"].ToString()).Order(StringComparer.Ordinal))}"))
            .Should().Be(expected, "the page {0} says so", page);
    }

    [Theory]
    [InlineData("Query Predicates", "{find: 'c', filter: {a: {$foo: 1}}}", 2)]
    [InlineData("Query Predicates", "{find: 'c', filter: {$foo: 1}}", 2)]
    [InlineData("$jsonSchema", "{find: 'c', filter: {$jsonSchema: {foo: 1}}}", 9)]
    [InlineData("$in", "{find: 'c', filter: {a: {$in: 1}}}", 2)]
    [InlineData("$expr", "{find: 'c', filter: {a: {$elemMatch: {$or: [{$expr: true}]}}}}", 2)]
    [InlineData("$where", "{find: 'c', filter: {$where: 'true', a: {$elemMatch: 1}}}", 2)]
    [InlineData("Collation", "{find: 'c', collation: {locale: 'nowhere'}}", 2)]
    [InlineData("Aggregation Stages", "{aggregate: 'c', pipeline: [{$foo: 1}], cursor: {}}", 40324)]
    [InlineData("Expression Operators", "{aggregate: 'c', pipeline: [{$project: {a: {$foo: 1}}}], cursor: {}}", 31325)]
    [InlineData("$out", "{aggregate: 'c', pipeline: [{$out: 'x'}, {$limit: 1}], cursor: {}}", 40601)]
    [InlineData("$group", "{aggregate: 'c', pipeline: [{$group: {_id: 1, a: {$foo: 1}}}], cursor: {}}", 15952)]
    public async Task A_command_is_refused(string page, string command, int code)
    {
        var database = target.NewCollection().Database;

        var failure = await database.Awaiting(d => d.RunCommandAsync<BsonDocument>(BsonDocument.Parse(command), cancellationToken: Cancel)).Should().ThrowAsync<MongoCommandException>();

        failure.Which.Code.Should().Be(code, "the page {0} says so", page);
    }

    private async Task<string> SortedAsync(string documents, string sort)
    {
        var found = await (await FilledAsync(documents)).Find("{}").Sort(BsonDocument.Parse(sort)).ToListAsync(Cancel);
        return string.Join(' ', found.Select(document => document["_id"]));
    }

    private async Task<IMongoCollection<BsonDocument>> FilledAsync(string documents)
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Array(documents).Select(document => document.AsBsonDocument), cancellationToken: Cancel);
        return collection;
    }

    private static UpdateDefinition<BsonDocument> Update(string json) => json.StartsWith('[')
        ? PipelineDefinition<BsonDocument, BsonDocument>.Create(Array(json).Select(stage => stage.AsBsonDocument))
        : BsonDocument.Parse(json);

    private static BsonArray Array(string json) => Json.Value(json).AsBsonArray;
}
