namespace Promethean.Broker;

/// <summary>One way to make the <see cref="IBrokerClient"/> of a container, to be chosen by name instead of by code.</summary>
/// <remarks>A package that has one registers it as a singleton service of this type;
/// <see cref="BrokerServiceCollectionExtensions.AddBroker"/> says how it is chosen.</remarks>
/// <param name="Name">What chooses it, whatever its case; the last one registered under a name counts.</param>
/// <param name="Create">Makes the client, once; the container disposes it.</param>
public sealed record BrokerImplementation(string Name, Func<IServiceProvider, IBrokerClient> Create)
{
    /// <summary>The environment variable that names the implementation: <c>BROKER_IMPL</c>.</summary>
    public const string Variable = "BROKER_IMPL";

    /// <summary>The name of the client that talks to a broker over a WebSocket: <c>real</c>.</summary>
    public const string Real = "real";

    /// <summary>The name of the in-memory double that Promethean.Broker.Testing registers: <c>mock</c>.</summary>
    public const string Mock = "mock";
}
