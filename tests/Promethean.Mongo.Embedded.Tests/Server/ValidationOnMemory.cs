namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class ValidationOnMemory(MemoryTarget target) : ValidationFacts<MemoryTarget>(target);
