namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class StageBuilderOnMemory(MemoryTarget target) : StageBuilderFacts<MemoryTarget>(target);
