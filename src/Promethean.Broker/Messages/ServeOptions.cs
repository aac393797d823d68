namespace Promethean.Broker;

/// <summary>How a worker takes requests.</summary>
public sealed class ServeOptions
{
    /// <summary>Requests served at once; it travels as <c>credit</c>. At least 1. Default: 1.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>Ids of the models behind the actions, for <see cref="BrokerActions.ModelsList"/>. Default: none.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}
