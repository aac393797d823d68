namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CrudOnMemory(MemoryTarget target) : CrudFacts<MemoryTarget>(target);
