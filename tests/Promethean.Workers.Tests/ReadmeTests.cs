using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

/// <summary>What the README shows.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_first_example_prints_what_the_readme_says()
    {
        await using var broker = new InMemoryBroker();
        await using var client = broker.Connect();
        var cancellationToken = TestContext.Current.CancellationToken;
        var models = new ModelRegistry<IChatClient>([new("keyphrase-tags", new KeyphraseTagsChatClient())]);
        await using var worker = await ChatWorker.StartAsync(client, models, cancellationToken: cancellationToken);
        var answer = await client.RequestAsync(
            BrokerActions.ChatCompletion,
            new() { Model = "keyphrase-tags", Messages = [new() { Role = "user", Content = "Tides follow the moon. High tides wash the harbour wall." }] },
            BrokerJsonContext.Default.ChatCompletionRequest,
            BrokerJsonContext.Default.ChatComplete,
            cancellationToken: cancellationToken);
        answer.Output.Text.Should().Be("#tides, #follow, #moon, #high, #wash, #harbour, #wall");
    }

    [Fact]
    public void A_host_serves_offline_models_and_ollama()
    {
        var services = new ServiceCollection();
        services.AddBroker();
        services.AddWorkers(options => options.ChatConcurrency = 8)
            .AddOffline()
            .AddOllama("http://127.0.0.1:11434");
        services.Should().Contain(service => service.ServiceType == typeof(IBrokerClient));
    }
}
