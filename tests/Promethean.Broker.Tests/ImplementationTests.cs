using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Tests;

public sealed class ImplementationTests
{
    private static readonly BrokerImplementation Real = New("real");
    private static readonly BrokerImplementation Mock = New("mock");
    private static readonly BrokerImplementation Other = New("other");

    [Theory]
    [InlineData(null, null, "real")]
    [InlineData(null, "", "real")]
    [InlineData(null, "real", "real")]
    [InlineData(null, null, "mock", "mock")]
    [InlineData(null, "real", "real", "mock")]
    [InlineData(null, "Mock", "mock", "mock", "other")]
    [InlineData("other", "mock", "other", "mock", "other")]
    [InlineData(null, null, "real", "mock", "other")]
    [InlineData(null, null, "mock", "mock", "mock")]
    public void The_options_choose_then_the_environment_then_the_only_one_registered(
        string? configured, string? variable, string chosen, params string[] registered)
    {
        Choose(configured, variable, registered.Select(name => name == "mock" ? Mock : Other)).Name.Should().Be(chosen);
    }

    [Fact]
    public void The_real_client_cannot_be_replaced_by_name() =>
        Choose("real", null, [New("REAL"), Mock]).Should().BeSameAs(Real);

    [Fact]
    public void A_mock_that_is_not_registered_is_told_how_to_be()
    {
        FluentActions.Invoking(() => Choose(null, "mock", [])).Should().Throw<BrokerException>()
            .WithMessage("BROKER_IMPL is 'mock'*Promethean.Broker.Testing*services.AddInMemoryBroker()*");
    }

    [Fact]
    public void An_unknown_name_is_told_the_names_there_are()
    {
        FluentActions.Invoking(() => Choose("fake", null, [Other])).Should().Throw<BrokerException>()
            .WithMessage("BrokerOptions.Implementation is 'fake'*BROKER_IMPL takes 'mock', 'other', 'real'.");
    }

    [Fact]
    public async Task A_host_that_asks_for_an_unknown_broker_does_not_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddBroker(options => options.Implementation = "fake");
        using var host = builder.Build();
        await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken))
            .Should().ThrowAsync<OptionsValidationException>().WithMessage("*'mock', 'real'*");
    }

    [Fact]
    public async Task A_container_gives_the_client_that_the_environment_names()
    {
        await using var mine = new WebSocketBrokerClient(new());
        var services = new ServiceCollection();
        services.AddSingleton(new BrokerImplementations([new("mock", _ => mine), Other], Real, name => name == "BROKER_IMPL" ? "mock" : null));
        services.AddBroker();
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IBrokerClient>().Should().BeSameAs(mine);
    }

    [Fact]
    public async Task A_container_gives_a_registered_implementation()
    {
        await using var mine = new WebSocketBrokerClient(new());
        var services = new ServiceCollection();
        services.AddBroker(options => options.Implementation = "mock");
        services.AddSingleton(new BrokerImplementation("mock", _ => mine));
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IBrokerClient>().Should().BeSameAs(mine);
    }

    [Fact]
    public async Task A_client_registered_before_needs_no_implementation()
    {
        await using var mine = new WebSocketBrokerClient(new());
        var services = new ServiceCollection();
        services.AddSingleton<IBrokerClient>(mine);
        services.AddBroker(options => options.Implementation = "mock");
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IOptions<BrokerOptions>>().Value.Implementation.Should().Be("mock");
        provider.GetRequiredService<IBrokerClient>().Should().BeSameAs(mine);
    }

    [Fact]
    public async Task A_client_without_queues_is_named_where_queues_are_asked_for()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IBrokerClient, ClientWithoutQueues>();
        services.AddBroker();
        await using var provider = services.BuildServiceProvider();
        FluentActions.Invoking(() => provider.GetRequiredService<IBrokerQueue>()).Should().Throw<InvalidOperationException>()
            .WithMessage("*ClientWithoutQueues, has no queues*");
    }

    private static BrokerImplementation New(string name) => new(name, _ => throw new NotSupportedException());

    private static BrokerImplementation Choose(string? configured, string? variable, IEnumerable<BrokerImplementation> registered) =>
        new BrokerImplementations(registered, Real, name => name == "BROKER_IMPL" ? variable : null).Choose(configured);

    private sealed class ClientWithoutQueues : IBrokerClient
    {
        public BrokerConnectionState State => BrokerConnectionState.Disconnected;

        public IAsyncEnumerable<BrokerConnectionState> WatchStateAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask PublishAsync(string topic, JsonPayload payload, PublishOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<IBrokerSubscription> SubscribeAsync(
            string pattern,
            Func<BrokerMessage, CancellationToken, ValueTask> handler,
            SubscribeOptions? options = null,
            CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<BrokerReply> RequestStreamAsync(
            string action, JsonPayload payload, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<IBrokerWorker> ServeAsync(
            IReadOnlyCollection<string> actions,
            BrokerActionHandler handler,
            ServeOptions? options = null,
            CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
