using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Server;

/// <summary>Tells probes whether the broker's process lives and whether clients may connect.</summary>
public static class BrokerHealthExtensions
{
    private const string CheckName = "broker";
    private const string ReadyTag = "ready";

    /// <summary>Registers the check <c>broker</c>, tagged <c>ready</c>: healthy while clients may connect, unhealthy while the host
    /// starts or drains.</summary>
    /// <remarks>Needs <see cref="BrokerServerServiceCollectionExtensions.AddBrokerServer"/>; a check without it says so. Calling it twice registers it once.</remarks>
    /// <param name="services">The container's services.</param>
    /// <returns>The builder of health checks, for checks of your own; those tagged <c>ready</c> are asked by
    /// <see cref="MapBrokerHealth"/> too.</returns>
    public static IHealthChecksBuilder AddBrokerHealthChecks(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new BrokerHealthCheck(
            provider.GetService<BrokerLifetime>() ?? throw new InvalidOperationException("Call services.AddBrokerServer() beside services.AddBrokerHealthChecks(): there is no broker to check."),
            provider.GetService<BackplaneLink>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HealthCheckServiceOptions>, Registration>());
        return services.AddHealthChecks();
    }

    /// <summary>Serves <c>/live</c> and <c>/ready</c> below a path: 200 <c>Healthy</c> or 503 <c>Unhealthy</c>, and not a word more.</summary>
    /// <remarks><c>live</c> says that the process answers; <c>ready</c> asks every check tagged <c>ready</c>, and is 503 from the moment
    /// the host is told to stop, while requests that run still end. Neither needs the broker's token.</remarks>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="pattern">The path.</param>
    /// <returns>Both endpoints, to add conventions to.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddBrokerHealthChecks"/> was not called.</exception>
    public static IEndpointConventionBuilder MapBrokerHealth(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/healthz")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<BrokerHealthCheck>() is null)
        {
            throw new InvalidOperationException("Call services.AddBrokerHealthChecks() before app.MapBrokerHealth().");
        }

        var group = endpoints.MapGroup(pattern);
        group.MapHealthChecks("/live", new HealthCheckOptions { Predicate = _ => false });
        group.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) });
        return group.WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
    }

    private sealed class Registration : IConfigureOptions<HealthCheckServiceOptions>
    {
        public void Configure(HealthCheckServiceOptions options) => options.Registrations.Add(
            new(CheckName, provider => provider.GetRequiredService<BrokerHealthCheck>(), failureStatus: null, tags: [ReadyTag]));
    }
}
