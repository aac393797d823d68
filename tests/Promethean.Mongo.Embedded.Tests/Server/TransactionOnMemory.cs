namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class TransactionOnMemory(MemoryTarget target) : TransactionFacts<MemoryTarget>(target);
