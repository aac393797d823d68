namespace Promethean.Broker.Testing;

/// <summary>What a <see cref="FaultRule"/> does to what it matches.</summary>
public enum FaultAction
{
    /// <summary>Accepted, and lost on its way.</summary>
    Drop,

    /// <summary>Refused: the call that sends it fails with <see cref="FaultRule.Error"/>.</summary>
    Error,

    /// <summary>Delivered later, by <see cref="FaultRule.Delay"/>.</summary>
    Delay,
}
