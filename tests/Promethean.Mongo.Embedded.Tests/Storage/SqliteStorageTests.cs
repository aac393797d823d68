using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Storage;

public sealed class SqliteStorageTests : StorageFacts
{
    private readonly TemporaryDirectory _directory = new();

    internal override IStorageEngine Open() => SqliteEngine.Open(_directory.Path, checkIntegrity: true);

    protected override void Close() => _directory.Dispose();
}
