namespace Promethean.Broker.Bench;

/// <summary>A clock that moves only when told.</summary>
internal sealed record VirtualTimeline(string Name, TimeProvider Time, Func<TimeSpan, ValueTask> AdvanceAsync);
