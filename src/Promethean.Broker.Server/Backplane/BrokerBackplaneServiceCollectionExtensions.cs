using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Promethean.Broker.Server;

/// <summary>Makes several brokers one.</summary>
public static class BrokerBackplaneServiceCollectionExtensions
{
    /// <summary>Gives the broker of <see cref="BrokerServerServiceCollectionExtensions.AddBrokerServer"/> a backplane: all brokers whose
    /// clients reach the same one act as one broker, so that a client of one reaches subscribers, workers and queues of the others.</summary>
    /// <remarks>
    /// <para>Every message, every request and every task then goes through the backplane, whose client should be one of its own, for
    /// example a <c>RedisBrokerClient</c>. Sessions stay with their broker: a client that comes to another one begins anew, with a gap.</para>
    /// <para>While the backplane is away, clients get <c>overloaded</c> with <c>retry_after_ms</c> within
    /// <see cref="BrokerServerOptions.BackplaneTimeout"/>. Queues are the backplane's to keep: with an <see cref="ITaskJournal"/> beside it
    /// the host does not start.</para>
    /// </remarks>
    /// <typeparam name="TClient">The client's type, which has topics, work and queues.</typeparam>
    /// <param name="services">The container's services.</param>
    /// <param name="client">Makes the client; the broker owns it, and disposes it with the host.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddBrokerBackplane<TClient>(this IServiceCollection services, Func<IServiceProvider, TClient> client)
        where TClient : class, IBrokerClient, IBrokerQueue
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(client);
        services.TryAddSingleton(provider =>
        {
            var made = client(provider);
            return new BackplaneLink(
                made, made, provider.GetRequiredService<BrokerServerOptions>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BackplaneLink>>());
        });
        services.TryAddSingleton<BackplaneTopics>();
        services.TryAddSingleton<BackplaneWork>();
        services.TryAddSingleton<BackplaneQueues>();
        return services;
    }
}
