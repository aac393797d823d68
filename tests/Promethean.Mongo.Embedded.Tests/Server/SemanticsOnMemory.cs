namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class SemanticsOnMemory(MemoryTarget target) : SemanticsFacts<MemoryTarget>(target);
