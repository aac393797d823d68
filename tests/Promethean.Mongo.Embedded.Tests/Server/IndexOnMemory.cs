namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class IndexOnMemory(MemoryTarget target) : IndexFacts<MemoryTarget>(target);
