namespace Promethean.Broker;

/// <summary>How a worker takes requests.</summary>
public sealed class ServeOptions
{
    /// <summary>Requests served at once; it travels as <c>credit</c>. At least 1. Default: 1.</summary>
    public int Concurrency { get; init; } = 1;
}
