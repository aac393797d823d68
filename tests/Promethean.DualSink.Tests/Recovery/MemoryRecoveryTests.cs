namespace Promethean.DualSink.Tests;

public sealed class MemoryRecoveryTests : RecoveryFacts
{
    internal override Task<Stores> OpenAsync() => Stores.OpenAsync(new MemoryLedger());
}
