using System.Collections.Immutable;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>What every storage engine promises.</summary>
public abstract class StorageFacts : IAsyncLifetime
{
    private static readonly CollectionName Name = new("db", "things");

    private IStorageEngine _engine = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _engine = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Close();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_view_shows_what_was_committed_when_it_was_opened_and_nothing_later()
    {
        var collection = await CreateAsync();
        await InsertAsync(collection, 1);
        using var before = _engine.OpenView();

        await InsertAsync(collection, 2);
        await _engine.WriteAsync(transaction => { transaction.Drop(collection); return 0; }, Cancel);

        before.Count(collection).Should().Be(1);
        before.Scan(collection).Select(stored => stored.Bytes[0]).Should().Equal(1);
        before.Catalogue.Find(Name).Should().NotBeNull();
        using var after = _engine.OpenView();
        after.Catalogue.Find(Name).Should().BeNull();
    }

    [Fact]
    public async Task Work_that_throws_leaves_nothing_and_tells_those_who_asked()
    {
        var collection = await CreateAsync();
        var undone = 0;

        await FluentActions.Awaiting(() => _engine.WriteAsync<int>(transaction =>
        {
            transaction.OnRollback(() => undone++);
            transaction.Insert(collection, new byte[] { 9 });
            transaction.AddEntry(collection.IdIndex, new IndexEntry([5], 1));
            transaction.Save(collection with { Name = new CollectionName("db", "renamed") });
            throw new InvalidDataException("on purpose");
        }, Cancel).AsTask()).Should().ThrowAsync<InvalidDataException>();

        undone.Should().Be(1);
        using var view = _engine.OpenView();
        view.Count(collection).Should().Be(0);
        view.Scan(collection).Should().BeEmpty();
        view.Scan(collection.IdIndex, KeyRange.All).Should().BeEmpty();
        view.Catalogue.Find(Name)!.Id.Should().Be(collection.Id);
        await InsertAsync(collection, 1);
    }

    [Fact]
    public async Task A_transaction_sees_its_own_changes()
    {
        var collection = await CreateAsync();

        await _engine.WriteAsync(transaction =>
        {
            var first = transaction.Insert(collection, new byte[] { 1 });
            var second = transaction.Insert(collection, new byte[] { 2 });
            transaction.Replace(collection, first, [3]);
            transaction.Delete(collection, second);
            transaction.Find(collection, first).Should().Equal(3);
            transaction.Find(collection, second).Should().BeNull();
            transaction.Count(collection).Should().Be(1);
            transaction.Scan(collection).Should().ContainSingle();
            return 0;
        }, Cancel);
    }

    [Fact]
    public async Task Records_are_scanned_in_order_of_insertion_from_any_position_in_both_directions()
    {
        var collection = await CreateAsync();
        for (byte i = 1; i <= 5; i++) await InsertAsync(collection, i);

        using var view = _engine.OpenView();
        var all = view.Scan(collection).ToList();

        all.Select(stored => stored.Bytes[0]).Should().Equal(1, 2, 3, 4, 5);
        view.Scan(collection, after: all[1].RecordId).Select(stored => stored.Bytes[0]).Should().Equal(3, 4, 5);
        view.Scan(collection, backward: true).Select(stored => stored.Bytes[0]).Should().Equal(5, 4, 3, 2, 1);
        view.Scan(collection, after: all[2].RecordId, backward: true).Select(stored => stored.Bytes[0]).Should().Equal(2, 1);
    }

    [Fact]
    public async Task Entries_are_scanned_by_key_then_record_within_a_range_from_any_position()
    {
        var index = (await CreateAsync()).IdIndex;
        IndexEntry[] entries = [new([10], 7), new([10, 1], 3), new([20], 1), new([20], 2), new([20], 9), new([30], 4)];
        await _engine.WriteAsync(transaction =>
        {
            foreach (var entry in entries.Reverse()) transaction.AddEntry(index, entry);
            return 0;
        }, Cancel);

        using var view = _engine.OpenView();
        List<(int Key, long Record)> Scan(KeyRange range, IndexEntry? after = null, bool backward = false) =>
            view.Scan(index, range, after, backward).Select(entry => ((int)entry.Key[0] * 100 + (entry.Key.Length > 1 ? entry.Key[1] : 0), entry.RecordId)).ToList();

        Scan(KeyRange.All).Should().Equal((1000, 7), (1001, 3), (2000, 1), (2000, 2), (2000, 9), (3000, 4));
        Scan(KeyRange.All, backward: true).Should().Equal((3000, 4), (2000, 9), (2000, 2), (2000, 1), (1001, 3), (1000, 7));
        Scan(new KeyRange([10, 1], [30])).Should().Equal((1001, 3), (2000, 1), (2000, 2), (2000, 9));
        Scan(new KeyRange([10, 1], [30]), after: new IndexEntry([20], 1)).Should().Equal((2000, 2), (2000, 9));
        Scan(new KeyRange([10, 1], [30]), after: new IndexEntry([20], 2), backward: true).Should().Equal((2000, 1), (1001, 3));
        Scan(KeyRange.Exactly([20])).Should().Equal((2000, 1), (2000, 2), (2000, 9));
    }

    [Fact]
    public async Task The_first_record_of_a_key_is_that_of_the_key_alone_whatever_was_changed_before()
    {
        const int Seed = 20261125;
        var random = new Random(Seed);
        var index = (await CreateAsync()).IdIndex;
        var model = new SortedSet<(int Key, long Record)>();
        for (var work = 0; work < 60; work++)
        {
            var changed = new SortedSet<(int Key, long Record)>(model);
            var fails = random.Next(3) == 0;
            try
            {
                await _engine.WriteAsync<int>(transaction =>
                {
                    for (var step = 0; step < 8; step++)
                    {
                        var (key, record) = ((byte)random.Next(1, 40), random.Next(1, 4));
                        var expected = changed.Where(entry => entry.Key == key).Select(entry => (long?)entry.Record).FirstOrDefault();
                        transaction.FindFirst(index, [key]).Should().Be(expected, "seed {0}, work {1}", Seed, work);
                        if (random.Next(2) == 0 && changed.Add((key, record))) transaction.AddEntry(index, new IndexEntry([key], record));
                        else if (changed.Count > 0) RemoveGreatest(transaction, index, changed);
                    }

                    return fails ? throw new InvalidDataException("on purpose") : 0;
                }, Cancel);
                model = changed;
            }
            catch (InvalidDataException)
            {
                // Nothing of it remains.
            }
        }

        using var view = _engine.OpenView();
        for (byte key = 1; key < 40; key++)
            view.FindFirst(index, [key]).Should().Be(model.Where(entry => entry.Key == key).Select(entry => (long?)entry.Record).FirstOrDefault());
    }

    [Fact]
    public async Task A_key_that_a_rollback_brings_back_is_found()
    {
        var index = (await CreateAsync()).IdIndex;
        await _engine.WriteAsync(transaction => { transaction.AddEntry(index, new IndexEntry([20], 7)); return 0; }, Cancel);

        await FluentActions.Awaiting(() => _engine.WriteAsync<int>(transaction =>
        {
            transaction.RemoveEntry(index, new IndexEntry([20], 7));
            transaction.FindFirst(index, [20]).Should().BeNull();
            throw new InvalidDataException("on purpose");
        }, Cancel).AsTask()).Should().ThrowAsync<InvalidDataException>();

        (await _engine.WriteAsync(transaction => transaction.FindFirst(index, [20]), Cancel)).Should().Be(7);
    }

    [Fact]
    public async Task Entries_come_with_their_records_and_leave_out_those_that_have_none()
    {
        var collection = await CreateAsync();
        var records = await _engine.WriteAsync(transaction =>
        {
            var numbers = Enumerable.Range(1, 5).Select(content => transaction.Insert(collection, new[] { (byte)content })).ToList();
            foreach (var number in numbers) transaction.AddEntry(collection.IdIndex, new IndexEntry([(byte)(60 - (10 * numbers.IndexOf(number)))], number));
            transaction.AddEntry(collection.IdIndex, new IndexEntry([35], 999));
            return numbers;
        }, Cancel);

        using var view = _engine.OpenView();
        List<byte> Scan(KeyRange range, IndexEntry? after = null, bool backward = false) =>
            view.ScanDocuments(collection, collection.IdIndex, range, after, backward).Select(found => found.Bytes[0]).ToList();

        Scan(KeyRange.All).Should().Equal(5, 4, 3, 2, 1);
        Scan(KeyRange.All, backward: true).Should().Equal(1, 2, 3, 4, 5);
        Scan(new KeyRange([30], [60])).Should().Equal(4, 3, 2);
        Scan(KeyRange.All, new IndexEntry([30], records[3])).Should().Equal(3, 2, 1);
        Scan(KeyRange.All, new IndexEntry([30], records[3]), backward: true).Should().Equal(5);
    }

    [Fact]
    public async Task Writers_from_many_threads_lose_nothing()
    {
        var collection = await CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await InsertAsync(collection, (byte)writer);
        }, Cancel)));

        using var view = _engine.OpenView();
        view.Count(collection).Should().Be(400);
        view.Scan(collection).GroupBy(stored => stored.Bytes[0]).Select(group => group.Count()).Should().Equal(Enumerable.Repeat(50, 8));
    }

    [Fact]
    public async Task Appended_records_keep_the_numbers_they_are_given_until_they_are_cut_off()
    {
        var collection = await CreateAsync();

        await _engine.WriteAsync(transaction =>
        {
            foreach (var number in new[] { 5L << 32, (5L << 32) + 7, 6L << 32 }) transaction.Append(collection, number, new[] { (byte)(number >> 32) });
            return 0;
        }, Cancel);
        await _engine.WriteAsync(transaction =>
        {
            transaction.Truncate(collection, (5L << 32) + 6);
            return 0;
        }, Cancel);

        using var view = _engine.OpenView();
        view.Scan(collection).Select(stored => stored.RecordId).Should().Equal((5L << 32) + 7, 6L << 32);
        view.Scan(collection, after: 6L << 32, backward: true).Select(stored => stored.RecordId).Should().Equal((5L << 32) + 7);
    }

    internal abstract IStorageEngine Open();

    protected abstract void Close();

    private async Task<CollectionDefinition> CreateAsync() => await _engine.WriteAsync(transaction =>
    {
        var collection = new CollectionDefinition
        {
            Id = transaction.AllocateId(),
            Name = Name,
            Uuid = Guid.NewGuid(),
            Options = new BsonDocument(),
            Indexes = ImmutableArray.Create(IndexDefinition.ForId(transaction.AllocateId())),
        };
        transaction.Save(collection);
        return collection;
    }, Cancel);

    private static void RemoveGreatest(IWriteTransaction transaction, IndexDefinition index, SortedSet<(int Key, long Record)> entries)
    {
        var (key, record) = entries.Max;
        entries.Remove((key, record));
        transaction.RemoveEntry(index, new IndexEntry([(byte)key], record));
    }

    private async Task InsertAsync(CollectionDefinition collection, byte content) =>
        await _engine.WriteAsync(transaction => transaction.Insert(collection, new[] { content }), Cancel);
}
