using System.Collections.Immutable;
using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Indexing;

/// <summary>Whatever documents, filters, sorts and indexes there are: a plan changes how results are found, never which or in what order.</summary>
public sealed class PlannerTests : IDisposable
{
    private static readonly string[] Indexes =
    [
        "{ key: { a: 1 }, name: 'a' }",
        "{ key: { a: -1, b: 1 }, name: 'a-b' }",
        "{ key: { b: 1, a: 1, c: -1 }, name: 'bac' }",
        "{ key: { 'a.x': 1, 'a.y': -1 }, name: 'ax-ay' }",
        "{ key: { c: 1 }, name: 'sparse c', sparse: true }",
        "{ key: { c: 1, b: 1 }, name: 'sparse cb', sparse: true }",
        "{ key: { b: 1 }, name: 'partial b', partialFilterExpression: { c: 1 } }",
    ];

    // Mostly few values, so that conditions meet documents and each other.
    private static readonly Gen<BsonValue> Scalar = Gen.Frequency(
        (6, Gen.Int[0, 2].Select(i => (BsonValue)i)),
        (1, Gen.Int[-2, 3].Select(i => (BsonValue)(i + 0.5))),
        (1, Gen.OneOf<BsonValue>(BsonNull.Value, "x", "y", true, BsonMinKey.Value, double.NaN, Decimal128.Parse("1"), 2L)));

    // A filter may not name undefined, but a document may hold it.
    private static readonly Gen<BsonValue> Stored = Gen.Frequency((15, Scalar), (1, Gen.Const((BsonValue)BsonUndefined.Value)));

    private static readonly Gen<BsonValue> Value = ValueOf(Scalar);

    private static readonly Gen<BsonDocument> Document = Gen.Select(ValueOf(Stored), Stored, Stored, Gen.Int[0, 7], (a, b, c, missing) =>
    {
        var document = new BsonDocument();
        if (missing != 1) document.Add("a", a);
        if (missing != 2) document.Add("b", b);
        if (missing < 3) document.Add("c", c);
        return document;
    });

    private static readonly Gen<BsonValue> Condition = Gen.OneOf(
        Value,
        Scalar,
        Gen.Select(Gen.OneOf("$gt", "$gte", "$lt", "$lte", "$eq", "$ne"), Scalar, (name, operand) => (BsonValue)new BsonDocument(name, operand)),
        Gen.Select(Scalar, Scalar, (low, high) => (BsonValue)new BsonDocument { { "$gte", low }, { "$lt", high } }),
        Value.Array[0, 4].Select(values => (BsonValue)new BsonDocument("$in", new BsonArray(values))),
        Gen.Bool.Select(exists => (BsonValue)new BsonDocument("$exists", exists)),
        Gen.Select(Scalar, Scalar, (low, high) => (BsonValue)new BsonDocument("$elemMatch", new BsonDocument { { "$gte", low }, { "$lte", high } })),
        Scalar.Select(x => (BsonValue)new BsonDocument("$elemMatch", new BsonDocument("x", x))));

    private static readonly Gen<BsonDocument> Filter = Gen.Select(Gen.OneOf("a", "b", "c", "a.x", "a.y", "_id"), Condition, (path, condition) => new BsonDocument(path, condition))
        .Array[0, 3]
        .SelectMany(parts => Gen.OneOf("$and", "$or", "merge").Select(join => parts.Length switch
        {
            0 => new BsonDocument(),
            _ when join == "merge" => parts.Aggregate(new BsonDocument(), (all, part) => all.Merge(part)),
            _ => new BsonDocument(join, new BsonArray(parts)),
        }));

    private static readonly Gen<BsonDocument> Sort = Gen.Select(Gen.OneOf("a", "b", "c", "_id"), Gen.OneOf(1, -1), (path, direction) => (path, direction))
        .Array[0, 3]
        .Select(fields => new BsonDocument(fields.DistinctBy(field => field.path).Select(field => new BsonElement(field.path, field.direction))));

    private static readonly Interruption Never = new(TimeProvider.System, null, CancellationToken.None);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task On_memory_a_query_with_indexes_finds_what_a_full_scan_finds()
    {
        await using var engine = new MemoryEngine();
        await CheckAsync(engine, iterations: 1500);
    }

    [Fact]
    public async Task On_SQLite_a_query_with_indexes_finds_what_a_full_scan_finds()
    {
        await using var engine = SqliteEngine.Open(_directory.Path, checkIntegrity: false);
        await CheckAsync(engine, iterations: 60);
    }

    private static Gen<BsonValue> ValueOf(Gen<BsonValue> scalar)
    {
        var inner = Gen.Select(scalar, scalar, Gen.Int[0, 3], (x, y, which) =>
        {
            var document = new BsonDocument();
            if ((which & 1) == 0) document.Add("x", x);
            if ((which & 2) == 0) document.Add("y", y);
            return (BsonValue)document;
        });
        return Gen.Frequency(
            (4, scalar),
            (2, inner),
            (3, Gen.OneOf(scalar, inner).Array[0, 3].Select(items => (BsonValue)new BsonArray(items))),
            (2, inner.Array[2].Select(items => (BsonValue)new BsonArray(items))));
    }

    private static Task CheckAsync(IStorageEngine engine, int iterations) =>
        Gen.Select(Document.Array[0, 25], Gen.Select(Filter, Sort).Array[1, 6], Document.Array[0, 6], Gen.Int[0, 1000]).SampleAsync(
            (documents, queries, changes, chance) => CheckAsync(engine, documents, queries, changes, chance), iter: iterations, threads: 1);

    private static async Task CheckAsync(IStorageEngine engine, BsonDocument[] documents, (BsonDocument Filter, BsonDocument Sort)[] queries, BsonDocument[] changes, int chance)
    {
        var collection = await engine.WriteAsync(transaction =>
        {
            var created = new CollectionDefinition
            {
                Id = transaction.AllocateId(),
                Name = new CollectionName("planner", $"c{transaction.AllocateId()}"),
                Uuid = Guid.NewGuid(),
                Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
            };
            transaction.Save(created);
            var writer = new CollectionWriter(transaction, created);
            // Half of the documents before the indexes are made, half after.
            for (var i = 0; i <= documents.Length; i++)
            {
                if (i == documents.Length / 2)
                {
                    foreach (var index in Indexes)
                        writer.AddIndex(new IndexDefinition { Id = transaction.AllocateId(), Specification = BsonDocument.Parse(index).Merge(new BsonDocument("v", 2)) });
                }

                if (i < documents.Length) writer.Insert(BsonBytes.Encode(new BsonDocument("_id", i).Merge(documents[i])));
            }

            for (var i = 0; i < changes.Length && documents.Length > 0; i++)
            {
                var stored = transaction.Scan(writer.Collection).ToList();
                if (stored.Count == 0) break;
                var victim = stored[(chance + i) % stored.Count];
                var before = BsonBytes.Decode(victim.Bytes);
                if (i % 3 == 2) writer.Delete(victim);
                else writer.Replace(victim, before, new BsonDocument("_id", before["_id"]).Merge(changes[i]));
            }

            return writer.Collection;
        });

        using var view = engine.OpenView();
        CheckEntries(view, collection);
        foreach (var (filter, sort) in queries) CheckQuery(view, collection, filter, sort);
        await DropAsync(engine, collection);
    }

    private static async Task DropAsync(IStorageEngine engine, CollectionDefinition collection) =>
        await engine.WriteAsync(transaction =>
        {
            transaction.Drop(collection);
            return 0;
        });

    private static void CheckEntries(IReadView view, CollectionDefinition collection)
    {
        foreach (var index in collection.Indexes)
        {
            var expected = view.Scan(collection)
                .SelectMany(stored => DocumentKeys.Of(BsonBytes.Decode(stored.Bytes), index).Keys.Select(key => new IndexEntry(key, stored.RecordId)))
                .Order().Select(Describe);
            Assert.Equal(expected, view.Scan(index, KeyRange.All).Select(Describe));
        }
    }

    private static string Describe(IndexEntry entry) => $"{Convert.ToHexString(entry.Key)} {entry.RecordId}";

    private static void CheckQuery(IReadView view, CollectionDefinition collection, BsonDocument filter, BsonDocument sort)
    {
        var all = view.Scan(collection).Select(stored => BsonBytes.Decode(stored.Bytes)).ToList();
        var expected = all.Where(document => DocumentFilter.Parse(filter).Matches(document)).ToList();
        BsonValue?[] hints = [null, .. collection.Indexes.Where(index => !index.IsSparse && index.Partial is null).Select(index => (BsonValue)index.Name)];
        foreach (var hint in hints)
        {
            var query = DocumentQuery.Parse(filter, Variables.None, sort, hint);
            var plan = query.Plan(collection);
            var source = new FindSource(collection, query, plan, projection: null, skip: 0, limit: null);
            // In pieces of two, as a cursor with small batches reads.
            var found = new List<BsonDocument>();
            for (var piece = source.Continue(view, Never).Take(2).ToList(); piece.Count > 0; piece = source.Continue(view, Never).Take(2).ToList())
                found.AddRange(piece.Select(bytes => BsonBytes.Decode(bytes)));

            var shown = $"{filter} sort {sort} by {plan.Index?.Name ?? "full scan"}";
            Assert.True(Ids(expected).Order().SequenceEqual(Ids(found).Order()), $"{shown}: expected {string.Join(',', Ids(expected))}, found {string.Join(',', Ids(found))} of {all.ToJson()}");
            if (query.Sort is not { } order) continue;
            for (var i = 1; i < found.Count; i++)
                Assert.True(order.CompareKeys(order.KeyOf(found[i - 1]), order.KeyOf(found[i])) <= 0, $"{shown}: {found[i - 1]} before {found[i]}");
        }
    }

    private static IEnumerable<int> Ids(IEnumerable<BsonDocument> documents) => documents.Select(document => document["_id"].AsInt32);
}
