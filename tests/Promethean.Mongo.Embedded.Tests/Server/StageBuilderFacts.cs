using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Linq;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>The stages as the driver's typed builders write them (manual: the page of each stage).</summary>
[Trait("Category", "Integration")]
public abstract class StageBuilderFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static readonly Sale[] Sales =
    [
        new(1, "north", 10, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        new(2, "north", 30, new DateTime(2026, 1, 3, 0, 0, 0, DateTimeKind.Utc)),
        new(3, "south", 20, new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
        new(4, "north", 20, new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc)),
        new(5, "south", 40, new DateTime(2026, 1, 4, 0, 0, 0, DateTimeKind.Utc)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Windows_are_set()
    {
        var found = await (await SalesAsync()).Aggregate()
            .SetWindowFields(
                sale => sale.Region,
                Builders<Sale>.Sort.Ascending(sale => sale.Day),
                windows => new
                {
                    Total = windows.Sum(sale => sale.Amount, DocumentsWindow.Create(DocumentsWindow.Unbounded, DocumentsWindow.Current)),
                    Recent = windows.Sum(sale => sale.Amount, RangeWindow.Create(RangeWindow.Days(-1), RangeWindow.Current)),
                    Rank = windows.Rank(),
                    Number = windows.DocumentNumber(),
                    Last = windows.Shift(sale => sale.Amount, -1, 0),
                    Average = windows.ExponentialMovingAverage(sale => sale.Amount, ExponentialMovingAverageWeighting.N(1)),
                })
            .Sort("{ Region: 1, Day: 1 }").ToListAsync(Cancel);

        found.Select(row => row["_id"].AsInt32).Should().Equal(1, 4, 2, 3, 5);
        found.Select(row => row["Total"].ToInt32()).Should().Equal(10, 30, 60, 20, 60);
        found.Select(row => row["Recent"].ToInt32()).Should().Equal(10, 30, 50, 20, 40);
        found.Select(row => row["Rank"].ToInt32()).Should().Equal(1, 2, 3, 1, 2);
        found.Select(row => row["Number"].ToInt32()).Should().Equal(1, 2, 3, 1, 2);
        found.Select(row => row["Last"].ToInt32()).Should().Equal(0, 10, 20, 0, 20);
        found.Select(row => row["Average"].ToInt32()).Should().Equal(10, 20, 30, 20, 40);
    }

    [Fact]
    public async Task Groups_take_the_best_and_the_middle()
    {
        var found = await (await SalesAsync()).Aggregate()
            .Group(sale => sale.Region, group => new
            {
                group.Key,
                Best = group.MaxN(sale => sale.Amount, 2),
                Least = group.MinN(sale => sale.Amount, 1),
                Top = group.Top(Builders<Sale>.Sort.Descending(sale => sale.Amount), sale => sale.Id),
                Bottom = group.BottomN(Builders<Sale>.Sort.Descending(sale => sale.Amount), sale => sale.Id, 2),
                First = group.FirstN(sale => sale.Id, 1),
                Deviation = group.StandardDeviationPopulation(sale => sale.Amount),
                Ids = group.Select(sale => sale.Id).Distinct().Count(),
            })
            .SortBy(group => group.Key).ToListAsync(Cancel);

        found[0].Best.Should().Equal(30, 20);
        found[0].Least.Should().Equal(10);
        found[0].Top.Should().Be(2);
        found[0].Bottom.Should().Equal(4, 1);
        found[0].First.Should().Equal(1);
        found[0].Deviation.Should().BeApproximately(8.16496580927726, 1e-9);
        found[0].Ids.Should().Be(3);
        found[1].Top.Should().Be(5);
    }

    [Fact]
    public async Task Ranges_are_bucketed_and_counted()
    {
        var sales = await SalesAsync();

        var buckets = await sales.Aggregate().Bucket(sale => sale.Amount, [0, 20, 40], new AggregateBucketOptions<int> { DefaultBucket = 99 }).ToListAsync(Cancel);
        var automatic = await sales.Aggregate().BucketAuto(sale => sale.Amount, 2).ToListAsync(Cancel);
        var counts = await sales.Aggregate().SortByCount(sale => sale.Region).ToListAsync(Cancel);
        var count = await sales.Aggregate().Match(sale => sale.Amount > 10).Count().SingleAsync(Cancel);

        buckets.Select(bucket => (bucket.Id, bucket.Count)).Should().Equal((0, 1L), (20, 3L), (99, 1L));
        automatic.Select(bucket => (bucket.Id.Min, bucket.Id.Max, bucket.Count)).Should().Equal((10, 30, 3L), (30, 40, 2L));
        counts.Select(group => (group.Id, group.Count)).Should().Equal(("north", 3L), ("south", 2L));
        count.Count.Should().Be(4);
    }

    [Fact]
    public async Task Gaps_are_densified()
    {
        var found = await (await SalesAsync()).Aggregate()
            .Densify(sale => sale.Day, DensifyRange.DateTime(DensifyBounds.Partition, 1, DensifyDateTimeUnit.Days), sale => sale.Region)
            .As<BsonDocument>().ToListAsync(Cancel);

        found.Select(row => (row["Region"].AsString, row["Day"].ToUniversalTime().Day, row.Contains("Amount")))
            .Should().Equal(("north", 1, true), ("north", 2, true), ("north", 3, true), ("south", 2, true), ("south", 3, false), ("south", 4, true));
    }

    [Fact]
    public async Task Facets_run_side_by_side()
    {
        var facets = await (await SalesAsync()).Aggregate().Facet(
            AggregateFacet.Create("big", PipelineDefinition<Sale, Sale>.Create([PipelineStageDefinitionBuilder.Match<Sale>(sale => sale.Amount >= 30)])),
            AggregateFacet.Create("n", PipelineDefinition<Sale, AggregateCountResult>.Create([PipelineStageDefinitionBuilder.Count<Sale>()]))).SingleAsync(Cancel);

        facets.Facets[0].Output<Sale>().Select(sale => sale.Id).Should().BeEquivalentTo([2, 5]);
        facets.Facets[1].Output<AggregateCountResult>().Single().Count.Should().Be(5);
    }

    [Fact]
    public async Task Other_collections_are_looked_up_walked_and_added()
    {
        var sales = await SalesAsync();
        var staff = target.NewCollection<Person>();
        await staff.InsertManyAsync([new("Ann", null, "north"), new("Bob", "Ann", "north"), new("Cid", "Bob", "south")], cancellationToken: Cancel);

        var joined = await sales.Aggregate().Match(sale => sale.Id == 3)
            .Lookup<Sale, Person, Joined>(staff, sale => sale.Region, person => person.Region, row => row.People).SingleAsync(Cancel);
        var chain = await staff.Aggregate().Match(person => person.Id == "Cid")
            .GraphLookup<Person, Person, string?, string, string?, Walked, List<Walked>, Chain>(staff, person => person.Boss, person => person.Id, person => person.Boss, row => row.Bosses, person => person.Depth).SingleAsync(Cancel);
        var united = await sales.Aggregate().Match(sale => sale.Amount > 30).Project(sale => new { Name = sale.Region })
            .UnionWith(staff, PipelineDefinition<Person, Person>.Create(Array.Empty<BsonDocument>()).Project(person => new { Name = person.Id })).ToListAsync(Cancel);

        joined.People.Select(person => person.Id).Should().Equal("Cid");
        chain.Bosses.OrderBy(boss => boss.Depth).Select(boss => (boss.Id, boss.Depth)).Should().Equal(("Bob", 0), ("Ann", 1));
        united.Select(row => row.Name).Should().BeEquivalentTo("south", "Ann", "Bob", "Cid");
    }

    [Fact]
    public async Task Results_are_merged_and_written_out()
    {
        var sales = await SalesAsync();
        var totals = target.NewCollection<Total>();
        var pipeline = sales.Aggregate().Group(sale => sale.Region, group => new Total(group.Key, group.Sum(sale => sale.Amount)));

        await pipeline.MergeAsync(totals, new MergeStageOptions<Total> { WhenMatched = MergeStageWhenMatched.Replace, WhenNotMatched = MergeStageWhenNotMatched.Insert }, Cancel);
        await sales.UpdateManyAsync("{}", "{ $inc: { Amount: 1 } }", cancellationToken: Cancel);
        await pipeline.MergeAsync(totals, new MergeStageOptions<Total> { WhenMatched = MergeStageWhenMatched.Replace }, Cancel);

        (await totals.Find("{}").SortBy(total => total.Id).ToListAsync(Cancel)).Should().Equal(new Total("north", 63), new Total("south", 62));
    }

    private async Task<IMongoCollection<Sale>> SalesAsync()
    {
        var sales = target.NewCollection<Sale>();
        await sales.InsertManyAsync(Sales, cancellationToken: Cancel);
        return sales;
    }

    public sealed record Sale(int Id, string Region, int Amount, DateTime Day);

    public sealed record Person(string Id, string? Boss, string Region);

    public sealed record Total(string Id, int Amount);

    public sealed class Joined
    {
        public int Id { get; set; }

        public string Region { get; set; } = "";

        public int Amount { get; set; }

        public DateTime Day { get; set; }

        public List<Person> People { get; set; } = [];
    }

    public sealed class Walked
    {
        public string Id { get; set; } = "";

        public string? Boss { get; set; }

        public string Region { get; set; } = "";

        public int Depth { get; set; }
    }

    public sealed class Chain
    {
        public string Id { get; set; } = "";

        public string? Boss { get; set; }

        public string Region { get; set; } = "";

        public List<Walked> Bosses { get; set; } = [];
    }
}
