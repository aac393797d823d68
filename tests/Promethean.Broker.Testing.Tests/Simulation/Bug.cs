namespace Promethean.Broker.Testing.Tests;

/// <summary>A bug planted in the <see cref="Workshop"/>.</summary>
public enum Bug
{
    /// <summary>None: it is to hold under every plan.</summary>
    None,

    /// <summary>The ledger is read, and written after a wait, without the lock around both.</summary>
    NoLock,

    /// <summary>A task is acknowledged before its work is done.</summary>
    AckFirst,

    /// <summary>A task that comes twice is done twice.</summary>
    NotIdempotent,
}
