using System.Reflection;
using Promethean.Broker;

namespace Promethean.Suite.Tests;

/// <summary>Whoever implements the broker's contract is held to it by the published cases, in a test that this one knows.</summary>
public sealed class BrokerConformanceTests
{
    private static readonly Dictionary<string, string> Suites = new()
    {
        ["WebSocketBrokerClient"] = "tests/Promethean.Broker.Server.Tests/ConformanceTests.cs",
        ["InMemoryBrokerClient"] = "tests/Promethean.Broker.Testing.Tests/ConformanceTests.cs",
        ["RedisBrokerClient"] = "tests/Promethean.Broker.Redis.Tests/ConformanceTests.cs",
    };

    [Fact]
    public void Every_implementation_runs_the_conformance_cases()
    {
        var implementations = RepositoryRoot.Packages
            .SelectMany(package => Assembly.Load(package).GetTypes())
            .Where(type => type is { IsInterface: false, IsAbstract: false } && (typeof(IBrokerClient).IsAssignableFrom(type) || typeof(IBrokerQueue).IsAssignableFrom(type)))
            .ToList();
        implementations.Select(type => type.Name).Should().BeEquivalentTo(Suites.Keys, "an implementation without conformance tests is no implementation");
        foreach (var type in implementations)
        {
            var suite = File.ReadAllText(RepositoryRoot.In(Suites[type.Name].Split('/')));
            suite.Should().Contain("BrokerClientConformance.Cases", "{0} is an IBrokerClient", type.Name);
            suite.Should().Contain("BrokerQueueConformance.Cases", "{0} is an IBrokerQueue", type.Name);
        }
    }
}
