using System.Reflection;

namespace Promethean.Vectors.Tests;

public sealed class ConformanceCoverageTests
{
    [Fact]
    public void Every_vector_collection_has_a_conformance_class()
    {
        var implementations = typeof(IVectorCollection).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IVectorCollection)));
        var covered = typeof(ConformanceCoverageTests).Assembly.GetTypes()
            .Where(t => t.IsAssignableTo(typeof(VectorCollectionConformance)) && !t.IsAbstract)
            .SelectMany(t => t.GetCustomAttributes<ConformanceOfAttribute>())
            .Select(a => a.Implementation);

        implementations.Should().NotBeEmpty().And.BeSubsetOf(covered);
    }
}
