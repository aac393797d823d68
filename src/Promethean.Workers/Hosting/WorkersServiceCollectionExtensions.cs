using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Puts workers into a container.</summary>
public static class WorkersServiceCollectionExtensions
{
    /// <summary>Adds a hosted service that serves the models named on the returned builder, on the container's
    /// <see cref="IBrokerClient"/>.</summary>
    /// <remarks>
    /// <para>It does not hold up the start of the host: it registers in the background, and tries again while the broker cannot be
    /// reached. A registration that is refused, or lost for good, is logged and faults the service, which by default stops the
    /// host. When the host stops, the workers take no more requests and cancel those that run.</para>
    /// <para>Calling it again adds models to the same service. Options are checked at the start of the host. A registered
    /// <see cref="TimeProvider"/> is the clock.</para>
    /// </remarks>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder that names the models.</returns>
    public static WorkersBuilder AddWorkers(this IServiceCollection services, Action<WorkersOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkersOptions>, WorkersOptionsValidator>());
        services.AddOptions<WorkersOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.TryAddSingleton(RegistryOf<IChatClient>);
        services.TryAddSingleton(RegistryOf<IEmbeddingGenerator<string, Embedding<float>>>);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkersService>(provider => new(
            provider.GetRequiredService<IBrokerClient>(),
            provider.GetRequiredService<ModelRegistry<IChatClient>>(),
            provider.GetRequiredService<ModelRegistry<IEmbeddingGenerator<string, Embedding<float>>>>(),
            provider.GetRequiredService<IOptions<WorkersOptions>>().Value,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetService<ILoggerFactory>())));
        return new(services);
    }

    private static ModelRegistry<TModel> RegistryOf<TModel>(IServiceProvider provider)
        where TModel : class, IDisposable
    {
        var registrations = provider.GetServices<ModelRegistration<TModel>>().ToList();
        var named = registrations.Where(registration => registration.Id is not null).ToList();
        var twice = named.GroupBy(registration => registration.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"The model '{twice.Key}' is registered twice; give one of them another id.");
        return new(
            named.Select(registration => KeyValuePair.Create(registration.Id!, registration.Model)),
            registrations.Find(registration => registration.Id is null)?.Model);
    }
}
