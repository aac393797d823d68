using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Testing.Tests;

/// <summary>The code under test calls <c>AddBroker</c> and no more; what stands behind it is the host's choice.</summary>
public sealed class ImplementationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_double_is_taken_where_it_is_registered_without_a_change_of_the_code_under_test()
    {
        await using var services = UnderTest(services => services.AddInMemoryBroker(new() { Seed = 5 }), BrokerImplementation.Mock);
        var broker = services.GetRequiredService<InMemoryBroker>();
        broker.Seed.Should().Be(5);
        await services.GetRequiredService<IBrokerClient>().PublishAsync("a", default, cancellationToken: Token);
        await services.GetRequiredService<IBrokerQueue>().EnqueueAsync("q", default, cancellationToken: Token);
        broker.Counters.Should().BeEquivalentTo(new { Published = 1, Enqueued = 1 });
    }

    [Fact]
    public async Task The_real_client_is_taken_where_that_is_asked()
    {
        await using var services = UnderTest(services => services.AddInMemoryBroker(), BrokerImplementation.Real);
        services.GetRequiredService<IBrokerClient>().Should().BeOfType<WebSocketBrokerClient>();
    }

    [Fact]
    public async Task The_double_where_there_is_none_is_an_error_that_says_what_to_do()
    {
        await using var services = UnderTest(_ => { }, BrokerImplementation.Mock);
        services.Invoking(one => one.GetRequiredService<IBrokerClient>()).Should().Throw<OptionsValidationException>().WithMessage("*AddInMemoryBroker*");
    }

    [Fact]
    public async Task A_registered_clock_is_the_brokers()
    {
        var clock = new VirtualClock();
        await using var services = UnderTest(services => services.AddSingleton<TimeProvider>(clock).AddInMemoryBroker(), null);
        services.GetRequiredService<InMemoryBroker>().Time.Should().BeSameAs(clock);
    }

    private static ServiceProvider UnderTest(Action<IServiceCollection> host, string? implementation)
    {
        var services = new ServiceCollection();
        services.AddBroker(options => options.Implementation = implementation);
        host(services);
        return services.BuildServiceProvider();
    }
}
