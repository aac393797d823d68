namespace Promethean.Broker.Bench;

/// <summary>The message that every peer carries. Public, because Wolverine compiles code against it.</summary>
public sealed record Note(string Text, int Number);
