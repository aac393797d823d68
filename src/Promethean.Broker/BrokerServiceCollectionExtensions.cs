using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Promethean.Broker;

/// <summary>Puts the broker client into a container.</summary>
public static class BrokerServiceCollectionExtensions
{
    /// <summary>Registers one <see cref="IBrokerClient"/> over a WebSocket, unless one is registered already. It connects on
    /// first use, and the container disposes it.</summary>
    /// <remarks>Options are checked at the start of the host. A registered <see cref="TimeProvider"/> is the client's clock.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options; may be left out where they are bound from configuration.</param>
    /// <returns>The builder of the options, to bind or adjust them further.</returns>
    public static OptionsBuilder<BrokerOptions> AddBroker(this IServiceCollection services, Action<BrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BrokerOptions>, BrokerOptionsValidator>());
        services.TryAddSingleton<IBrokerClient>(provider => new WebSocketBrokerClient(
            provider.GetRequiredService<IOptions<BrokerOptions>>().Value,
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<WebSocketBrokerClient>>()));
        var builder = services.AddOptions<BrokerOptions>().ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }
}
