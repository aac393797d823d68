namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class CursorOnMemory(MemoryTarget target) : CursorFacts<MemoryTarget>(target);
