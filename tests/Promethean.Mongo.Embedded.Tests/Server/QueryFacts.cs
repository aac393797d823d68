using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Linq;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Reading through the driver's richer interfaces: counts, distinct values, projections, LINQ, aggregation.</summary>
[Trait("Category", "Integration")]
public abstract class QueryFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documents_are_counted_with_and_without_a_filter()
    {
        var books = await BooksAsync();

        (await books.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(5);
        (await books.CountDocumentsAsync("{ Pages: { $gt: 204 } }", cancellationToken: Cancel)).Should().Be(3);
        (await books.CountDocumentsAsync("{}", new CountOptions { Skip = 1, Limit = 3 }, Cancel)).Should().Be(3);
        (await books.CountDocumentsAsync("{ Pages: 0 }", cancellationToken: Cancel)).Should().Be(0);
        (await books.EstimatedDocumentCountAsync(cancellationToken: Cancel)).Should().Be(5);
    }

    [Fact]
    public async Task Distinct_counts_an_array_by_its_elements()
    {
        var books = await BooksAsync();

        var tags = await (await books.DistinctAsync<string>("Tags", "{}", cancellationToken: Cancel)).ToListAsync(Cancel);
        var authors = await (await books.DistinctAsync<string>("Author", "{ Pages: { $lt: 209 } }", cancellationToken: Cancel)).ToListAsync(Cancel);

        tags.Should().Equal("classic", "moon", "ocean", "zone");
        authors.Should().BeEquivalentTo("Le Guin", "Lem");
    }

    [Fact]
    public async Task LINQ_queries_run_on_the_server()
    {
        var books = await BooksAsync();

        var titles = await books.AsQueryable().Where(book => book.Author == "Lem" && book.Pages > 100).OrderByDescending(book => book.Pages).Select(book => book.Id).ToListAsync(Cancel);
        var tagged = await books.AsQueryable().Where(book => book.Tags.Contains("classic")).CountAsync(Cancel);
        var byAuthor = await books.AsQueryable().GroupBy(book => book.Author).Select(group => new { group.Key, Pages = group.Sum(book => book.Pages) }).ToListAsync(Cancel);
        var any = await books.AsQueryable().AnyAsync(book => book.Pages == 204, Cancel);

        titles.Should().Equal("Fiasco", "Solaris");
        tagged.Should().Be(2);
        byAuthor.Should().BeEquivalentTo([new { Key = "Le Guin", Pages = 204 + 387 }, new { Key = "Lem", Pages = 204 + 322 }, new { Key = "Strugatsky", Pages = 209 }]);
        any.Should().BeTrue();
    }

    [Fact]
    public async Task A_projection_returns_only_what_it_names()
    {
        var books = await BooksAsync();

        var found = await books.Find(book => book.Author == "Lem").SortBy(book => book.Id).Project(book => new { book.Id, book.Pages }).ToListAsync(Cancel);
        var raw = await books.Find("{ _id: 'Solaris' }").Project("{ _id: 0, Tags: { $slice: 1 }, Pages: 1 }").SingleAsync(Cancel);

        found.Should().BeEquivalentTo([new { Id = "Fiasco", Pages = 322 }, new { Id = "Solaris", Pages = 204 }]);
        raw.Should().BeEquivalentTo(BsonDocument.Parse("{ Pages: 204, Tags: ['ocean'] }"));
    }

    [Fact]
    public async Task Pipelines_group_unwind_and_sort()
    {
        var books = await BooksAsync();

        var tags = await books.Aggregate()
            .Match("{ Pages: { $gt: 0 } }").Unwind("Tags").Group("{ _id: '$Tags', n: { $sum: 1 } }").Sort("{ n: -1, _id: 1 }").Limit(2).ToListAsync(Cancel);

        tags.Should().BeEquivalentTo([BsonDocument.Parse("{ _id: 'classic', n: 2 }"), BsonDocument.Parse("{ _id: 'moon', n: 1 }")], options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task A_lookup_joins_another_collection_of_the_database()
    {
        var books = await BooksAsync();
        var authors = target.NewCollection();
        await authors.InsertManyAsync([BsonDocument.Parse("{ _id: 'Lem', country: 'PL' }"), BsonDocument.Parse("{ _id: 'Le Guin', country: 'US' }")], cancellationToken: Cancel);

        var joined = await books.Aggregate()
            .Lookup(authors.CollectionNamespace.CollectionName, "Author", "_id", "author").Match("{ 'author.country': 'PL' }").Sort("{ _id: 1 }").ToListAsync(Cancel);

        joined.Select(book => book["_id"].AsString).Should().Equal("Fiasco", "Solaris");
    }

    [Fact]
    public async Task A_long_pipeline_result_comes_in_batches()
    {
        var collection = target.NewCollection();
        await collection.InsertManyAsync(Enumerable.Range(0, 5_000).Select(i => new BsonDocument { { "_id", i }, { "n", i } }), cancellationToken: Cancel);

        var found = await collection.Aggregate(new AggregateOptions { BatchSize = 300 }).Match("{ n: { $gte: 1000 } }").Sort("{ _id: 1 }").Project("{ twice: { $multiply: ['$n', 2] } }").ToListAsync(Cancel);

        found.Select(document => document["twice"].AsInt32).Should().Equal(Enumerable.Range(1000, 4000).Select(i => 2 * i));
    }

    private async Task<IMongoCollection<Book>> BooksAsync()
    {
        var books = target.NewCollection<Book>();
        await books.InsertManyAsync(
        [
            new("Solaris", "Lem", 204, ["ocean", "classic"]),
            new("Fiasco", "Lem", 322, []),
            new("The Dispossessed", "Le Guin", 387, ["moon", "classic"]),
            new("Rocannon's World", "Le Guin", 204, []),
            new("Roadside Picnic", "Strugatsky", 209, ["zone"]),
        ], cancellationToken: Cancel);
        return books;
    }

    private sealed record Book(string Id, string Author, int Pages, string[] Tags);
}
