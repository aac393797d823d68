namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class SqliteTarget : ServerTarget
{
    private readonly TemporaryDirectory _directory = new();
    private EmbeddedMongoServer? _server;

    protected override async Task<string> StartAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _directory.Path });
        return _server.ConnectionString;
    }

    protected override async ValueTask StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _directory.Dispose();
    }
}
