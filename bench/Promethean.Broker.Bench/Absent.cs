namespace Promethean.Broker.Bench;

/// <summary>A message that nobody sends.</summary>
public sealed record Absent(string Text);
