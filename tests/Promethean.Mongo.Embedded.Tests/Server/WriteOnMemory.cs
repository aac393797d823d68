namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class WriteOnMemory(MemoryTarget target) : WriteFacts<MemoryTarget>(target);
