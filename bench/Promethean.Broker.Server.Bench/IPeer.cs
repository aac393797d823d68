using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench;

/// <summary>One way to bring messages from a publisher through a server to a subscriber.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    ServerProcess Server { get; }

    Task StartAsync();

    /// <summary>Publishes that many and waits until the last has arrived.</summary>
    Task RunAsync(int messages);
}
