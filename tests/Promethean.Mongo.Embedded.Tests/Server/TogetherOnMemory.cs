namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TogetherOnMemory(MemoryTarget target) : TogetherFacts<MemoryTarget>(target);
