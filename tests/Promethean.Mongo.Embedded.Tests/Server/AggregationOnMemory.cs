namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class AggregationOnMemory(MemoryTarget target) : AggregationFacts<MemoryTarget>(target);
