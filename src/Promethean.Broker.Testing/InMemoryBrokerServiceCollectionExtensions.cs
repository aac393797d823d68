using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Promethean.Broker.Testing;

/// <summary>Puts the double into a container.</summary>
public static class InMemoryBrokerServiceCollectionExtensions
{
    /// <summary>Registers an <see cref="InMemoryBroker"/>, and it as the implementation <c>mock</c> of what
    /// <see cref="BrokerServiceCollectionExtensions.AddBroker"/> gives: a test calls this beside the code under test, which stays as
    /// it is.</summary>
    /// <remarks>The environment variable <c>BROKER_IMPL</c> chooses between <c>mock</c> and <c>real</c>; where it is not set, what is
    /// registered here is taken. A registered <see cref="TimeProvider"/> is the broker's clock. The container owns the broker: resolve
    /// it to look at it, or to connect further clients.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="options">Faults, seed and limits; the defaults where left out.</param>
    public static IServiceCollection AddInMemoryBroker(this IServiceCollection services, InMemoryBrokerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new InMemoryBroker(options, provider.GetService<TimeProvider>()));
        return services.AddSingleton(new BrokerImplementation(
            BrokerImplementation.Mock, provider => provider.GetRequiredService<InMemoryBroker>().Connect("host")));
    }
}
