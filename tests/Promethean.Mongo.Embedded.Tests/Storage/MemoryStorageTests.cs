using Promethean.Mongo.Embedded.Storage;
using Promethean.Mongo.Embedded.Storage.Memory;

namespace Promethean.Mongo.Embedded.Tests.Storage;

public sealed class MemoryStorageTests : StorageFacts
{
    internal override IStorageEngine Open() => new MemoryEngine();

    protected override void Close()
    {
    }
}
