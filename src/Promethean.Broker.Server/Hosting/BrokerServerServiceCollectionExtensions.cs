using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server;

/// <summary>Puts the broker into a container.</summary>
public static class BrokerServerServiceCollectionExtensions
{
    /// <summary>Registers one broker; <see cref="BrokerEndpointRouteBuilderExtensions.MapBroker"/> gives it an address.</summary>
    /// <remarks>Options are checked at the start of the host, which also fails when it listens beyond loopback without
    /// <see cref="BrokerServerOptions.Token"/>. A registered <see cref="TimeProvider"/> is the broker's clock.</remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options; may be left out where they are bound from configuration.</param>
    /// <returns>The builder of the options, to bind or adjust them further.</returns>
    public static OptionsBuilder<BrokerServerOptions> AddBrokerServer(this IServiceCollection services, Action<BrokerServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BrokerServerOptions>, BrokerServerOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<BrokerServerOptions>>().Value);
        services.TryAddSingleton<BrokerServerMetrics>();
        services.TryAddSingleton<ConnectionRegistry>();
        services.TryAddSingleton<SessionTable>();
        services.TryAddSingleton<TenantTable>();
        services.TryAddSingleton<TopicRouter>();
        services.TryAddSingleton<WorkDispatcher>();
        services.TryAddSingleton<QueueDispatcher>();
        services.TryAddSingleton<ITopics>(provider => provider.GetService<BackplaneTopics>() ?? (ITopics)provider.GetRequiredService<TopicRouter>());
        services.TryAddSingleton<IWork>(provider => provider.GetService<BackplaneWork>() ?? (IWork)provider.GetRequiredService<WorkDispatcher>());
        services.TryAddSingleton<IQueues>(provider => provider.GetService<BackplaneQueues>() ?? (IQueues)provider.GetRequiredService<QueueDispatcher>());
        services.TryAddSingleton<BrokerStatus>();
        services.TryAddSingleton<FrameSchemas>();
        services.TryAddSingleton<FrameRouter>();
        services.TryAddSingleton<ClientAdmission>();
        services.TryAddSingleton<BrokerEndpoint>();
        if (services.All(service => service.ServiceType != typeof(BrokerLifetime)))
        {
            services.AddSingleton<BrokerLifetime>();
            services.AddHostedService(provider => provider.GetRequiredService<BrokerLifetime>());
        }

        var builder = services.AddOptions<BrokerServerOptions>().ValidateOnStart();
        return configure is null ? builder : builder.Configure(configure);
    }
}
