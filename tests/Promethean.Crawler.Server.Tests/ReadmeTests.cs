using Microsoft.AspNetCore.Builder;
using MongoDB.Driver;
using Promethean.Broker;
using Promethean.Vectors;

namespace Promethean.Crawler.Server.Tests;

/// <summary>The README's code, compiled and run as far as it goes without a port.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_endpoints_are_mapped()
    {
        await using var store = await EmbeddedVectorStore.OpenAsync(new EmbeddedVectorStoreOptions(), cancellationToken: TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddBroker();
        builder.Services.AddCrawler()
            .UseDatabase(_ => new MongoClient("mongodb://127.0.0.1").GetDatabase("web"))
            .UseVectors((_, spec, token) => store.OpenCollectionAsync("web_summaries", spec, token));
        await using var app = builder.Build();
        app.MapCrawler();

        ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Should().HaveCount(4);
    }
}
