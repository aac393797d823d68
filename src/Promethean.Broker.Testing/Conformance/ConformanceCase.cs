namespace Promethean.Broker.Testing;

/// <summary>One promise of a contract, as a test that any test framework can run.</summary>
/// <typeparam name="TClient">The contract: <see cref="IBrokerClient"/> or <see cref="IBrokerQueue"/>.</typeparam>
/// <param name="Name">The promise, a sentence with underscores; unique.</param>
/// <param name="Run">Runs the case: it is given what connects a new client to one broker, disposes every client it connects,
/// and throws <see cref="ConformanceException"/> where the promise is broken. It never sleeps; its token is the guard against
/// hanging, so pass one that ends.</param>
public sealed record ConformanceCase<TClient>(string Name, Func<Func<ValueTask<TClient>>, CancellationToken, Task> Run)
    where TClient : IAsyncDisposable
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
