namespace Promethean.Mongo.Embedded.Tests.Server;

public sealed class DiagnosticOnMemory(MemoryTarget target) : DiagnosticFacts<MemoryTarget>(target);
