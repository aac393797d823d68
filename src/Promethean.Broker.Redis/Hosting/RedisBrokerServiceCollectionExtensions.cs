using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Redis;

/// <summary>Puts the broker on Redis into a container.</summary>
public static class RedisBrokerServiceCollectionExtensions
{
    /// <summary>The name under which this implementation is chosen: <c>redis</c>.</summary>
    public const string ImplementationName = "redis";

    /// <summary>Registers <see cref="RedisBrokerClient"/> as the <see cref="BrokerImplementation"/> <c>redis</c>, and calls
    /// <see cref="BrokerServiceCollectionExtensions.AddBroker"/>, which gives it as <see cref="IBrokerClient"/> and
    /// <see cref="IBrokerQueue"/> where nothing else was registered or chosen (<c>BROKER_IMPL</c>).</summary>
    /// <remarks>The client connects on first use, and the container disposes it. Options are checked at the start of the host. A
    /// registered <see cref="TimeProvider"/> is the client's clock.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options; without it the environment variable <c>REDIS_URL</c> says where Redis is.</param>
    /// <returns>The builder of the options, to bind or adjust them further.</returns>
    public static OptionsBuilder<RedisBrokerOptions> AddRedisBroker(this IServiceCollection services, Action<RedisBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisBrokerOptions>, RedisBrokerOptionsValidator>());
        if (services.All(service => service.ImplementationInstance is not BrokerImplementation { Name: ImplementationName }))
        {
            services.AddSingleton(new BrokerImplementation(ImplementationName, Create));
        }

        services.AddBroker();
        var builder = services.AddOptions<RedisBrokerOptions>().ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }

    private static RedisBrokerClient Create(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<RedisBrokerOptions>>().Value,
        provider.GetService<TimeProvider>(),
        provider.GetService<ILogger<RedisBrokerClient>>());
}
