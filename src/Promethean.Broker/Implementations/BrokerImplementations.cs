namespace Promethean.Broker;

/// <summary>The implementations of a container, and the choice among them.</summary>
internal sealed class BrokerImplementations(
    IEnumerable<BrokerImplementation> registered, BrokerImplementation real, Func<string, string?> readVariable)
{
    /// <summary>The one that is configured, or else named by the environment, or else the only one registered, or else the real one.</summary>
    /// <exception cref="BrokerException">There is none of that name; the message says what to do.</exception>
    public BrokerImplementation Choose(string? configured)
    {
        var known = new Dictionary<string, BrokerImplementation>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in registered)
        {
            known[one.Name] = one;
        }

        // There is one real client, whatever else goes by that name.
        known.Remove(BrokerImplementation.Real);
        var (name, source) = string.IsNullOrWhiteSpace(configured)
            ? (readVariable(BrokerImplementation.Variable)?.Trim(), BrokerImplementation.Variable)
            : (configured.Trim(), $"{nameof(BrokerOptions)}.{nameof(BrokerOptions.Implementation)}");
        if (string.IsNullOrEmpty(name))
        {
            return known.Count == 1 ? known.Values.Single() : real;
        }

        known.Add(BrokerImplementation.Real, real);
        return known.TryGetValue(name, out var chosen) ? chosen : throw Unknown(name, source, known.Keys);
    }

    private static BrokerException Unknown(string name, string source, IEnumerable<string> known) => new(
        BrokerErrorCode.NotFound,
        string.Equals(name, BrokerImplementation.Mock, StringComparison.OrdinalIgnoreCase)
            ? $"{source} is '{name}', but no such broker is registered: reference the package Promethean.Broker.Testing and call "
                + $"services.AddInMemoryBroker(), or set {BrokerImplementation.Variable}={BrokerImplementation.Real}."
            : $"{source} is '{name}', which names no broker; {BrokerImplementation.Variable} takes "
                + $"{string.Join(", ", known.Append(BrokerImplementation.Mock).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal).Select(one => $"'{one}'"))}.");
}
