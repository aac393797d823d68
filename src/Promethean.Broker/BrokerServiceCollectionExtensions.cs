using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Promethean.Broker;

/// <summary>Puts the broker client into a container.</summary>
public static class BrokerServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="IBrokerClient"/>, unless one is registered already, and the same as
    /// <see cref="IBrokerQueue"/>. It connects on first use, and the container disposes it.</summary>
    /// <remarks>
    /// <para>Which one is chosen by <see cref="BrokerOptions.Implementation"/>, or else by the environment variable
    /// <c>BROKER_IMPL</c>: <c>real</c> is the client over a WebSocket, <c>mock</c> the double of Promethean.Broker.Testing, any other
    /// name a <see cref="BrokerImplementation"/> registered by it. Where neither names one, it is the only one registered, or else
    /// <c>real</c>.</para>
    /// <para>Options and the choice are checked at the start of the host. A registered <see cref="TimeProvider"/> is the client's
    /// clock.</para>
    /// </remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options; may be left out where they are bound from configuration.</param>
    /// <returns>The builder of the options, to bind or adjust them further.</returns>
    public static OptionsBuilder<BrokerOptions> AddBroker(this IServiceCollection services, Action<BrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BrokerOptions>, BrokerOptionsValidator>());
        if (services.All(service => service.ServiceType != typeof(IBrokerClient)))
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BrokerOptions>, BrokerImplementationValidator>());
            services.TryAddSingleton(provider => new BrokerImplementations(
                provider.GetServices<BrokerImplementation>(), new(BrokerImplementation.Real, CreateReal), Environment.GetEnvironmentVariable));
            services.AddSingleton(CreateChosen);
        }

        services.TryAddSingleton(AsQueue);
        var builder = services.AddOptions<BrokerOptions>().ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }

    private static IBrokerClient CreateChosen(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<BrokerOptions>>().Value;
        return provider.GetRequiredService<BrokerImplementations>().Choose(options.Implementation).Create(provider);
    }

    private static WebSocketBrokerClient CreateReal(IServiceProvider provider) => new WebSocketBrokerClient(
        provider.GetRequiredService<IOptions<BrokerOptions>>().Value,
        provider.GetService<TimeProvider>(),
        provider.GetService<ILogger<WebSocketBrokerClient>>());

    private static IBrokerQueue AsQueue(IServiceProvider provider)
    {
        var client = provider.GetRequiredService<IBrokerClient>();
        return client as IBrokerQueue ?? throw new InvalidOperationException(
            $"The registered {nameof(IBrokerClient)}, {client.GetType().Name}, has no queues: register an {nameof(IBrokerQueue)} beside it, or choose a client that is one.");
    }
}
