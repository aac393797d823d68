using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Broker.Testing;
using Promethean.Mongo.Embedded;

namespace Promethean.Crawler.Tests;

/// <summary>The end of the passes is known, never guessed.</summary>
[Trait("Category", "Integration")]
public sealed class PassRunnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_falls_due_between_two_looks_at_the_store_is_done_before_the_end()
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions(), Token);
        using var client = new MongoClient(server.ConnectionString);
        var pages = client.GetDatabase("test").GetCollection<BsonDocument>("pages");
        var clock = new HurryingClock();
        await pages.InsertOneAsync(
            new BsonDocument
            {
                { "_id", "a" }, { "url", "https://example.com/" }, { "domain", "example.com" }, { "title", "A" }, { "content_sha256", "s" },
                { "work", new BsonDocument { { "stage", "summary" }, { "sha", "s" }, { "tries", 1 }, { "due_at", clock.Start.AddSeconds(2.5).UtcDateTime } } },
            },
            cancellationToken: Token);
        await using var broker = new InMemoryBroker();
        await using var caller = broker.Connect();
        var options = new CrawlerOptions();
        var pass = new OnlyPass();
        var runner = new PassRunner(new PassStore(pages, clock), [pass], new ModelClient(caller, options, clock), options, new CrawlCounters(), clock, NullLogger.Instance);

        await runner.RunAsync(Task.CompletedTask, Token);

        pass.Done.Should().Be(1, "the run may not end while work is due");
    }

    private sealed class OnlyPass : IPagePass
    {
        public int Done { get; private set; }

        public string Stage => "summary";

        public string? Next => null;

        public bool IsOptional => false;

        public Task<BsonDocument> RunAsync(PassPage page, CancellationToken cancellationToken)
        {
            Done++;
            return Task.FromResult(new BsonDocument());
        }
    }

    /// <summary>A second passes with each look at it.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private int _looks;

        public DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Start.AddSeconds(Interlocked.Increment(ref _looks));
    }
}
