using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Promethean.Broker;
using Promethean.Broker.Testing;

namespace Promethean.Workers.Tests;

public sealed class WorkersHostTests : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private readonly InMemoryBroker _broker = new();

    [Fact]
    public async Task The_offline_models_answer_while_the_host_runs()
    {
        var client = new ObservedBroker(_broker.Connect());
        using var host = HostOf(client, workers => workers.AddOffline());
        await host.StartAsync(TestContext.Current.CancellationToken);
        await client.Served.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        var caller = _broker.Connect();
        (await caller.ChatAsync(Ask.Chat("extractive-summary", "The tide is high."))).Output.Text.Should().Be("The tide is high.");
        (await caller.ChatAsync(Ask.Chat("keyphrase-tags", "Tide and moon and sun."))).Output.Text.Should().Be("#tide, #moon, #sun");
        client.Options!.Models.Should().Equal("extractive-summary", "keyphrase-tags");
        client.Options.Concurrency.Should().Be(4);

        await host.StopAsync(TestContext.Current.CancellationToken);
        (await client.Served.Task).IsDisposed.Should().BeTrue();
        await caller.ChatAsync(Ask.Chat("extractive-summary", "Hi")).ShouldFailAsync(BrokerErrorCode.NoResponders);
    }

    [Fact]
    public async Task Embedding_models_are_served_beside_no_chat_model()
    {
        var client = new ObservedBroker(_broker.Connect());
        using var host = HostOf(client, workers => workers.AddEmbeddingModel("e", _ => new ScriptedEmbeddings([[1, 2]])));
        await host.StartAsync(TestContext.Current.CancellationToken);
        await client.Served.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        (await _broker.Connect().EmbedAsync("e", "one")).Dimension.Should().Be(2);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_model_made_by_the_container_is_disposed_with_it_and_one_given_is_not()
    {
        var (given, made) = (ScriptedChatClient.Saying("given"), ScriptedChatClient.Saying("made"));
        var client = new ObservedBroker(_broker.Connect());
        using (var host = HostOf(client, workers => workers.AddChatModel("given", given).AddChatModel("made", _ => made)))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        given.IsDisposed.Should().BeFalse();
        made.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_is_tried_again()
    {
        var time = new FakeTimeProvider();
        var client = new ObservedBroker(_broker.Connect(), new BrokerException(BrokerErrorCode.Timeout, "No connection."));
        using var host = HostOf(client, workers => workers.AddOffline(), services => services.AddSingleton<TimeProvider>(time));
        await host.StartAsync(TestContext.Current.CancellationToken);
        await client.Refused.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        client.Served.Task.IsCompleted.Should().BeFalse();
        while (!client.Served.Task.IsCompleted)
        {
            // The timer may not be set yet when its time comes.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_registration_lost_for_good_is_logged_and_stops_the_host(bool withReason)
    {
        var log = new ErrorLog();
        var client = new ObservedBroker(_broker.Connect());
        using var host = HostOf(client, workers => workers.AddOffline(), services => services.AddSingleton<ILoggerProvider>(log));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var worker = await client.Served.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        if (withReason) worker.Ending.SetException(new BrokerException(BrokerErrorCode.Unauthorized, "The token has expired."));
        else worker.Ending.SetResult();
        (await FaultOfAsync(host)).Message.Should().Contain("lost its registration for good");
        log.Errors.Should().Contain(error => error.Contains("chat.completion") && error.Contains("for good"));
    }

    [Fact]
    public async Task A_registration_that_is_refused_stops_the_host()
    {
        var client = new ObservedBroker(_broker.Connect(), new BrokerException(BrokerErrorCode.Forbidden, "No scope."));
        using var host = HostOf(client, workers => workers.AddOffline());
        await host.StartAsync(TestContext.Current.CancellationToken);
        (await FaultOfAsync(host)).Message.Should().Be("No scope.");
    }

    [Fact]
    public async Task Mistakes_stop_the_start_with_a_reason()
    {
        await StartOf(_ => { }).Should().ThrowAsync<InvalidOperationException>().WithMessage("*no model*AddOffline*");
        await StartOf(workers => workers.AddOffline().AddOffline()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*'extractive-summary'*twice*");
        await StartOf(workers => workers.Services.AddWorkers(options => options.ModelTimeout = TimeSpan.Zero).AddOffline())
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("*ModelTimeout*");

        Func<Task> StartOf(Action<WorkersBuilder> configure) => async () =>
        {
            using var host = HostOf(new ObservedBroker(_broker.Connect()), configure);
            await host.StartAsync(TestContext.Current.CancellationToken);
        };
    }

    public async ValueTask DisposeAsync() => await _broker.DisposeAsync();

    // The host stops by itself; what the service ended with stays on it.
    private static async Task<Exception> FaultOfAsync(IHost host)
    {
        await host.WaitForShutdownAsync(TestContext.Current.CancellationToken).WaitAsync(Guard, TestContext.Current.CancellationToken);
        return host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single().ExecuteTask!.Exception!.InnerException!;
    }

    private static IHost HostOf(IBrokerClient client, Action<WorkersBuilder> configure, Action<IServiceCollection>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(client);
        configure(builder.Services.AddWorkers());
        more?.Invoke(builder.Services);
        return builder.Build();
    }
}
