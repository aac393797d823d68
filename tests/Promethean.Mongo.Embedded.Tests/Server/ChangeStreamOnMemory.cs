namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ChangeStreamOnMemory(MemoryTarget target) : ChangeStreamFacts<MemoryTarget>(target);
