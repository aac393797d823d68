namespace Promethean.Broker.Testing.Tests;

/// <summary>Tests that look at the thread pool's rest: they run while no others do.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
