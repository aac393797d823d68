namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class LinqOnMemory(MemoryTarget target) : LinqFacts<MemoryTarget>(target);
