namespace Promethean.Broker.Bench;

/// <summary>One way to bring a message from a publisher to a handler in the same process.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>What the one handler got.</summary>
    Arrivals Arrivals { get; }

    /// <summary>Starts with the one handler in place.</summary>
    Task StartAsync();

    ValueTask PublishAsync(Note note);
}
