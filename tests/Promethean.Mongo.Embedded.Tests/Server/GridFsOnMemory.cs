namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class GridFsOnMemory(MemoryTarget target) : GridFsFacts<MemoryTarget>(target);
