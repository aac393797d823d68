using Promethean.Broker;

namespace Promethean.Workers.Tests;

/// <summary>A registration that a test can end.</summary>
internal sealed class ObservedWorker(IBrokerWorker inner) : IBrokerWorker
{
    public TaskCompletionSource Ending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDisposed { get; private set; }

    public IReadOnlyCollection<string> Actions => inner.Actions;

    public int Active => inner.Active;

    public Task Completion => Ending.Task;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        Ending.TrySetResult();
        return inner.DisposeAsync();
    }
}
