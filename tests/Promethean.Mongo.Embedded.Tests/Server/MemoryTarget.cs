namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class MemoryTarget : ServerTarget
{
    private EmbeddedMongoServer? _server;

    protected override async Task<string> StartAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync();
        return _server.ConnectionString;
    }

    protected override ValueTask StopAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
