namespace Promethean.Vectors.Tests;

/// <summary>Names the implementation that a conformance class covers.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class ConformanceOfAttribute(Type implementation) : Attribute
{
    public Type Implementation { get; } = implementation;
}
