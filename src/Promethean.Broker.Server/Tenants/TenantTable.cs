using System.Collections.Concurrent;

namespace Promethean.Broker.Server;

/// <summary>The organisations that have connected since the start; tokens name them, so strangers cannot make up any.</summary>
internal sealed class TenantTable(BrokerServerOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public Tenant Of(ClientIdentity identity) => _tenants.GetOrAdd(identity.Org, org => new(org, options, time));
}
