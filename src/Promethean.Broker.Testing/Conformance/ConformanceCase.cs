namespace Promethean.Broker.Testing;

/// <summary>One promise of <see cref="IBrokerClient"/>, as a test that any test framework can run.</summary>
/// <param name="Name">The promise, a sentence with underscores; unique.</param>
/// <param name="Run">Runs the case: it is given what connects a new client to one broker, disposes every client it connects,
/// and throws <see cref="ConformanceException"/> where the promise is broken. It never sleeps; its token is the guard against
/// hanging, so pass one that ends.</param>
public sealed record ConformanceCase(string Name, Func<Func<ValueTask<IBrokerClient>>, CancellationToken, Task> Run)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
