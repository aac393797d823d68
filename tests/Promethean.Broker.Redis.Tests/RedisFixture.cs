using Promethean.Broker.Redis.Tests;

[assembly: AssemblyFixture(typeof(RedisFixture))]

namespace Promethean.Broker.Redis.Tests;

/// <summary>One Redis for all tests that leave it alive; it starts when the first asks.</summary>
public sealed class RedisFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private RedisServer? _server;

    public async Task<RedisServer> ServerAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _server ??= await RedisServer.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
    }
}
