namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class QueryOnMemory(MemoryTarget target) : QueryFacts<MemoryTarget>(target);
