using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Promethean.Broker.Server.Mongo.Tests;

/// <summary>The example of the package's README, word for word.</summary>
[Trait("Category", "Integration")]
public sealed class ReadmeTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    [Fact]
    public async Task The_example_prints_what_the_readme_says()
    {
        var (output, connectionString, builder) = (new StringWriter(), mongo.ConnectionString, WebApplication.CreateSlimBuilder());
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await RunAsync(builder, connectionString, output, mongo.Database.DatabaseNamespace.DatabaseName, mongo.NewCollection());
        output.ToString().TrimEnd().Should().Be("""{ "queue" : "pages", "payload" : "\"https://example.com/\"", "attempts" : 0 }""");
    }

    private static async Task RunAsync(WebApplicationBuilder builder, string connectionString, StringWriter Console, string database, string collection)
    {
        builder.Services.AddBrokerServer();
        builder.Services.AddMongoTaskJournal(connectionString, options => (options.Database, options.Collection) = (database, collection));
        await using var app = builder.Build();
        app.MapBroker("/");
        await app.StartAsync(); // with all that an earlier broker left; not while another has the collection

        await using var client = await WebSocketBrokerClient.ConnectAsync(new BrokerOptions { Url = new(app.Urls.Single().Replace("http://", "ws://")) });
        await client.EnqueueAsync("pages", JsonPayload.Parse("\"https://example.com/\"")); // in MongoDB when this returns
        var tasks = new MongoClient(connectionString).GetDatabase(database).GetCollection<MongoDB.Bson.BsonDocument>(collection);
        Console.WriteLine(await tasks.Find("{}").Project("{ _id: 0, queue: 1, payload: 1, attempts: 1 }").SingleAsync());
    }
}
