namespace Promethean.Broker;

/// <summary>What a task is called, which no other of its queue may be.</summary>
internal readonly record struct TaskName(string Queue, string DedupeId);
