using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded;

namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>A broker, its clients, and a MongoDB that comes and goes.</summary>
[Trait("Category", "Integration")]
public sealed class DurableBrokerTests : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("promethean-journal-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_MongoDB_that_is_not_there_is_named_with_the_next_step_and_without_its_password()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddMongoTaskJournal("mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200");
        await using var provider = services.BuildServiceProvider();

        var reading = () => Sample.ReadAsync(provider.GetRequiredService<ITaskJournal>());

        (await reading.Should().ThrowAsync<TaskJournalException>()).Which.Message.Should().Be(
            "No MongoDB at 127.0.0.1:1 answers and takes writes within 00:00:00.2000000, so the broker does not start without its queues. Start it, or name another in the connection string.");
    }

    [Fact]
    public async Task While_MongoDB_is_away_callers_are_answered_and_when_it_is_back_nothing_is_lost()
    {
        var mongo = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = _directory }, Token);
        var port = mongo.Port;
        await using var app = await StartAsync(mongo.ConnectionString);
        await using var client = await ConnectAsync(app);
        await client.EnqueueAsync("q", JsonPayload.Parse("1"), cancellationToken: Token);

        await mongo.DisposeAsync();
        var enqueue = () => client.EnqueueAsync("q", JsonPayload.Parse("2"), new() { DedupeId = "second" }, Token).AsTask();
        var refusal = (await enqueue.Should().ThrowAsync<BrokerException>()).Which;
        refusal.IsTransient.Should().BeTrue();
        refusal.RetryAfter.Should().BePositive();

        mongo = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = _directory, Port = port }, Token);
        await using var again = mongo;
        await UntilTakenAsync(enqueue);
        using var reader = new MongoClient(mongo.ConnectionString);
        var tasks = reader.GetDatabase("promethean").GetCollection<BsonDocument>("broker_tasks");
        (await tasks.Find("{ queue: 'q' }").Sort("{ sequence: 1 }").ToListAsync(Token)).Select(task => task["payload"].AsString).Should().Equal("1", "2");
    }

    [Fact]
    public async Task A_broker_does_not_start_where_MongoDB_is_not()
    {
        var start = () => StartAsync("mongodb://127.0.0.1:1/?replicaSet=none");
        (await start.Should().ThrowAsync<TaskJournalException>()).WithMessage("*does not start*");
    }

    [Fact]
    public void A_connection_string_that_is_none_is_refused_and_not_shown()
    {
        var add = () => new ServiceCollection().AddMongoTaskJournal("postgres://user:secret@127.0.0.1/");
        add.Should().Throw<ArgumentException>().Which.ToString().Should().NotContain("secret");
    }

    [Fact]
    public async Task Options_out_of_range_are_named()
    {
        var start = () => StartAsync("mongodb://127.0.0.1:1/", options =>
        {
            options.Collection = " ";
            options.LeaseDuration = TimeSpan.Zero;
        });
        (await start.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>())
            .WithMessage("*MongoTaskJournalOptions.Collection*MongoTaskJournalOptions.LeaseDuration*");
    }

    private static async Task<WebApplication> StartAsync(string mongo, Action<MongoTaskJournalOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBrokerServer(options => options.JournalTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddMongoTaskJournal(mongo, options =>
        {
            options.OperationTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapBroker("/");
        await app.StartAsync(Token);
        return app;
    }

    private static Task<WebSocketBrokerClient> ConnectAsync(WebApplication app) => WebSocketBrokerClient.ConnectAsync(
        new BrokerOptions { Url = new(app.Urls.Single().Replace("http://", "ws://", StringComparison.Ordinal)) }, cancellationToken: Token).AsTask();

    private static async Task UntilTakenAsync(Func<Task<EnqueueResult>> enqueue)
    {
        using var guard = new CancellationTokenSource(Guard, TimeProvider.System);
        while (true)
        {
            try
            {
                await enqueue();
                return;
            }
            catch (BrokerException e) when (e.IsTransient)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, guard.Token);
            }
        }
    }
}
