using System.Collections.Immutable;
using CsCheck;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Cursors;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Indexing;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Indexing;

/// <summary>
/// Random documents, indexes of all kinds, writes and queries: what a plan finds is what a full scan finds, page by page; and every
/// index holds exactly the entries that building it anew would give it, also after writes that were refused. A failure prints its seed.
/// </summary>
public sealed class RandomIndexTests : IDisposable
{
    private static readonly Gen<BsonValue> Scalar = Gen.Frequency(
        (8, Gen.Int[0, 3].Select(i => (BsonValue)i)),
        (2, Gen.Int[-2, 5].Select(i => (BsonValue)(i / 2.0))),
        (2, Gen.OneOf<BsonValue>("", "x", "y", true, false)),
        (1, Gen.OneOf<BsonValue>(BsonNull.Value, double.NaN, Decimal128.Parse("1"), 2L, new BsonDateTime(5), new BsonDocument("x", 1))));

    private static readonly Gen<BsonValue> Nested = Gen.Frequency(
        (6, Scalar),
        (2, Scalar.Array[0, 3].Select(items => (BsonValue)new BsonArray(items))),
        (2, Gen.Select(Scalar, Scalar, (x, y) => (BsonValue)new BsonDocument { { "x", x }, { "y", y } })),
        (1, Scalar.Array[0, 2].Select(items => (BsonValue)new BsonArray(items.Select(x => new BsonDocument("x", x))))));

    private static readonly Gen<BsonDocument> Document = Gen.Select(Nested, Scalar, Scalar, Gen.Int[0, 7], (a, b, c, missing) =>
    {
        var document = new BsonDocument();
        if ((missing & 3) != 1) document.Add("a", a);
        if ((missing & 3) != 2) document.Add("b", b);
        if (missing < 5) document.Add("c", c);
        return document;
    });

    private static readonly Gen<BsonDocument> Index = Gen.Select(
        Gen.Select(Gen.OneOf("a", "b", "c", "a.x", "a.y", "_id"), Gen.OneOf(1, -1), (path, direction) => (path, direction)).Array[1, 3],
        Gen.Frequency(
            (5, Gen.Const("{}")),
            (2, Gen.Const("{ unique: true }")),
            (2, Gen.Const("{ sparse: true }")),
            (1, Gen.Const("{ unique: true, sparse: true }")),
            (1, Gen.Const("{ hidden: true }")),
            (1, Gen.Const("{ partialFilterExpression: { c: 1 } }")),
            (1, Gen.Const("{ partialFilterExpression: { b: { $gt: 0 } } }")),
            (1, Gen.Const("{ unique: true, partialFilterExpression: { c: { $exists: true } } }"))),
        (fields, options) => new BsonDocument("key", new BsonDocument(fields.DistinctBy(field => field.path).Select(field => new BsonElement(field.path, field.direction))))
            .Merge(BsonDocument.Parse(options)));

    private static readonly Gen<BsonValue> Condition = Gen.Frequency(
        (4, Scalar),
        (3, Gen.Select(Gen.OneOf("$gt", "$gte", "$lt", "$lte"), Scalar, (name, operand) => (BsonValue)new BsonDocument(name, operand))),
        (2, Gen.Select(Scalar, Scalar, (low, high) => (BsonValue)new BsonDocument { { "$gte", low }, { "$lt", high } })),
        (2, Scalar.Array[0, 3].Select(values => (BsonValue)new BsonDocument("$in", new BsonArray(values)))),
        (1, Gen.OneOf<BsonValue>(new BsonDocument("$exists", true), new BsonDocument("$exists", false), new BsonDocument("$gt", 0), BsonNull.Value)));

    private static readonly Gen<BsonDocument> Filter = Gen.Select(Gen.OneOf("a", "b", "c", "a.x", "a.y", "_id"), Condition, (path, condition) => new BsonDocument(path, condition))
        .Array[0, 3]
        .SelectMany(parts => Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(parts.Length > 0))).Select(isOr => isOr
            ? new BsonDocument("$or", new BsonArray(parts))
            : parts.Aggregate(new BsonDocument(), (all, part) => all.Merge(part))));

    private static readonly Gen<BsonDocument> Sort = Gen.Select(Gen.OneOf("a", "b", "c", "_id"), Gen.OneOf(1, -1), (path, direction) => (path, direction))
        .Array[0, 3]
        .Select(fields => new BsonDocument(fields.DistinctBy(field => field.path).Select(field => new BsonElement(field.path, field.direction))));

    private static readonly Gen<Query> Queries = Gen.Select(Filter, Sort, Gen.Int[0, 4], Gen.Int[0, 6], (filter, sort, skip, limit) => new Query(filter, sort, skip, limit));

    private static readonly Interruption Never = new(TimeProvider.System, null, CancellationToken.None);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task On_memory_plans_and_indexes_agree_with_the_documents()
    {
        await using var engine = new MemoryEngine();
        await SampleAsync(engine, iterations: 2000);
    }

    [Fact]
    public async Task On_SQLite_plans_and_indexes_agree_with_the_documents()
    {
        await using var engine = SqliteEngine.Open(_directory.Path, checkIntegrity: false);
        await SampleAsync(engine, iterations: 60);
    }

    private static Task SampleAsync(IStorageEngine engine, int iterations) =>
        Gen.Select(Document.Array[0, 20], Index.Array[1, 5], Gen.Select(Document, Gen.Int[0, 99]).Array[0, 12], Queries.Array[1, 8]).SampleAsync(
            (documents, indexes, changes, queries) => CheckAsync(engine, documents, indexes, changes, queries), iter: iterations, threads: 1);

    private static async Task CheckAsync(IStorageEngine engine, BsonDocument[] documents, BsonDocument[] indexes, (BsonDocument Document, int Chance)[] changes, Query[] queries)
    {
        var collection = await engine.WriteAsync(transaction => Create(transaction, documents, indexes));
        foreach (var (document, chance) in changes) collection = await engine.WriteAsync(transaction => Change(transaction, collection, document, chance));
        using (var view = engine.OpenView())
        {
            CheckEntries(view, collection);
            var all = view.Scan(collection).Select(stored => BsonBytes.Decode(stored.Bytes)).ToList();
            foreach (var query in queries) Check(view, collection, all, query);
        }

        await engine.WriteAsync(transaction =>
        {
            transaction.Drop(collection);
            return 0;
        });
    }

    // Half of the documents before the indexes are made, half after.
    private static CollectionDefinition Create(IWriteTransaction transaction, BsonDocument[] documents, BsonDocument[] indexes)
    {
        var created = new CollectionDefinition
        {
            Id = transaction.AllocateId(),
            Name = new CollectionName("random", $"c{transaction.AllocateId()}"),
            Uuid = Guid.NewGuid(),
            Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
        };
        transaction.Save(created);
        var writer = new CollectionWriter(transaction, created);
        var half = documents.Length / 2;
        for (var i = 0; i < half; i++) writer.Insert(BsonBytes.Encode(new BsonDocument("_id", i).Merge(documents[i])));
        for (var i = 0; i < indexes.Length; i++)
        {
            var specification = new BsonDocument(indexes[i]) { { "name", $"i{i}" }, { "v", 2 } };
            // A command that fails takes its whole transaction back; here the index has to be one that can be made.
            if (CanIndex(view: transaction, writer.Collection, specification))
                writer.AddIndex(new IndexDefinition { Id = transaction.AllocateId(), Specification = specification });
        }

        for (var i = half; i < documents.Length; i++) TryWrite(() => writer.Insert(BsonBytes.Encode(new BsonDocument("_id", i).Merge(documents[i]))));
        return writer.Collection;
    }

    private static bool CanIndex(IReadView view, CollectionDefinition collection, BsonDocument specification)
    {
        var index = new IndexDefinition { Id = -1, Specification = specification };
        var owners = new HashSet<string>();
        try
        {
            return view.Scan(collection).All(stored => DocumentKeys.Of(BsonBytes.Decode(stored.Bytes), index).Keys.All(key => !index.IsUnique || owners.Add(Convert.ToHexString(key))));
        }
        catch (MongoCommandFailedException)
        {
            return false;
        }
    }

    private static CollectionDefinition Change(IWriteTransaction transaction, CollectionDefinition collection, BsonDocument document, int chance)
    {
        var writer = new CollectionWriter(transaction, collection);
        var stored = transaction.Scan(collection).ToList();
        if (stored.Count == 0 || chance % 4 == 0) TryWrite(() => writer.Insert(BsonBytes.Encode(new BsonDocument("_id", chance).Merge(document))));
        else if (chance % 4 == 1) writer.Delete(stored[chance % stored.Count]);
        else TryWrite(() => Replace(writer, stored[chance % stored.Count], document));
        return writer.Collection;
    }

    private static void Replace(CollectionWriter writer, StoredDocument victim, BsonDocument document)
    {
        var before = BsonBytes.Decode(victim.Bytes);
        writer.Replace(victim, before, new BsonDocument("_id", before["_id"]).Merge(document));
    }

    private static void TryWrite(Action write)
    {
        try
        {
            write();
        }
        catch (MongoCommandFailedException refused) when (refused.Code is 11000 or 171)
        {
            // An index refuses it; the entries are checked all the same.
        }
    }

    private static void CheckEntries(IReadView view, CollectionDefinition collection)
    {
        foreach (var index in collection.Indexes)
        {
            var keys = view.Scan(collection).Select(stored => (stored.RecordId, Keys: DocumentKeys.Of(BsonBytes.Decode(stored.Bytes), index))).ToList();
            var rebuilt = keys.SelectMany(document => document.Keys.Keys.Select(key => new IndexEntry(key, document.RecordId))).Order().Select(Describe);
            Assert.Equal(rebuilt, view.Scan(index, KeyRange.All).Select(Describe));
            Assert.True(index.IsMultikey || !keys.Any(document => document.Keys.IsMultikey), $"{index.Specification} holds arrays and does not know it");
        }
    }

    private static string Describe(IndexEntry entry) => $"{Convert.ToHexString(entry.Key)} {entry.RecordId}";

    private static void Check(IReadView view, CollectionDefinition collection, List<BsonDocument> all, Query asked)
    {
        var filter = DocumentFilter.Parse(asked.Filter);
        var matching = all.Where(filter.Matches).ToList();
        var usable = collection.Indexes.Where(index => index is { IsHidden: false, IsSparse: false, Partial: null }).Select(index => (BsonValue)index.Name);
        foreach (var hint in usable.Prepend(null))
        {
            var query = DocumentQuery.Parse(asked.Filter, Variables.None, asked.Sort, hint);
            var plan = query.Plan(collection);
            var shown = $"{asked} by {plan.Index?.Specification.ToString() ?? "full scan"} of {all.ToJson()}";
            Assert.False(plan.Index?.IsHidden == true, shown);
            var found = Read(view, new FindSource(collection, query, plan, projection: null, skip: 0, limit: null));
            Assert.True(Ids(matching).Order().SequenceEqual(Ids(found).Order()), $"{shown}: expected {string.Join(',', Ids(matching))}, found {string.Join(',', Ids(found))}");

            var page = Read(view, new FindSource(collection, query, plan, projection: null, asked.Skip, asked.Limit == 0 ? null : asked.Limit));
            var size = Math.Min(Math.Max(0, matching.Count - asked.Skip), asked.Limit == 0 ? int.MaxValue : asked.Limit);
            Assert.True(page.Count == size && Ids(page).Distinct().Count() == size && !Ids(page).Except(Ids(matching)).Any(), $"{shown}: page {string.Join(',', Ids(page))}");
            if (query.Sort is { } order)
            {
                var expected = matching.Select(order.KeyOf).ToList();
                expected.Sort(order.CompareKeys);
                var right = page.Select(order.KeyOf).Zip(expected.Skip(asked.Skip)).All(pair => order.CompareKeys(pair.First, pair.Second) == 0);
                Assert.True(right, $"{shown}: page {page.ToJson()}");
            }

            if (CoveredCount.Applies(asked.Filter, plan)) Assert.True(matching.Count == CoveredCount.Count(view, plan, Never), $"{shown}: counted by keys");
        }
    }

    // In pieces of three, as a cursor with small batches reads.
    private static List<BsonDocument> Read(IReadView view, FindSource source)
    {
        var found = new List<BsonDocument>();
        while (true)
        {
            var piece = source.Continue(view, Never).Take(3).Select(bytes => BsonBytes.Decode(bytes)).ToList();
            if (piece.Count == 0) return found;
            found.AddRange(piece);
        }
    }

    private static IEnumerable<int> Ids(IEnumerable<BsonDocument> documents) => documents.Select(document => document["_id"].AsInt32);

    private sealed record Query(BsonDocument Filter, BsonDocument Sort, int Skip, int Limit);
}
