namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class FailPointOnMemory(MemoryTarget target) : FailPointFacts<MemoryTarget>(target);
