namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CollectionOnMemory(MemoryTarget target) : CollectionFacts<MemoryTarget>(target);
