namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class BulkWriteOnMemory(MemoryTarget target) : BulkWriteFacts<MemoryTarget>(target);
