namespace Promethean.Broker.Server.Bench;

/// <summary>The message that every peer carries. Public, because SignalR's hubs are.</summary>
public sealed record Note(string Text)
{
    /// <summary>32 characters.</summary>
    public static Note Sample { get; } = new("thirty-two characters of a note.");
}
