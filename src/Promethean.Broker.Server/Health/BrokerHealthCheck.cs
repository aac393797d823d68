using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Promethean.Broker.Server;

/// <summary>Healthy while clients may connect: neither before the broker has started nor while it drains, nor while its backplane is away or silent for long.</summary>
internal sealed class BrokerHealthCheck(BrokerLifetime lifetime, BackplaneLink? backplane = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.Phase switch
        {
            BrokerPhase.Accepting when backplane?.Problem is { } problem => HealthCheckResult.Unhealthy(problem),
            BrokerPhase.Accepting => HealthCheckResult.Healthy(),
            BrokerPhase.Draining => HealthCheckResult.Unhealthy("The broker is shutting down."),
            _ => HealthCheckResult.Unhealthy("The broker is starting."),
        });
}
