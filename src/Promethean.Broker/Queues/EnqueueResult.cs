namespace Promethean.Broker;

/// <summary>What became of an enqueued task.</summary>
/// <param name="TaskId">The task's id; the first one's where this one repeats it.</param>
/// <param name="IsDuplicate">Whether a task of the same <see cref="EnqueueOptions.DedupeId"/> was there before, so that nothing was added.</param>
public sealed record EnqueueResult(string TaskId, bool IsDuplicate);
