using System.Diagnostics;

namespace Promethean.Broker.Testing;

/// <summary>Runs handlers under the context of whoever registered them, as a connection's own loop would: what is ambient for the
/// publisher or the caller does not leak into them.</summary>
/// <remarks>The context also marks whose handler runs, so that a handler may dispose what it belongs to without waiting for itself, and
/// belongs to the flow that a <see cref="VirtualClock"/> waits for.</remarks>
internal sealed class HandlerContext
{
    private readonly AsyncLocal<HandlerContext?> _running = new();
    private readonly ExecutionContext? _context;

    public HandlerContext(TimeProvider time)
    {
        (time as VirtualClock)?.Join();
        _running.Value = this;
        // A handler belongs to the trace of what it handles, not to that of whoever registered it.
        var registering = Activity.Current;
        Activity.Current = null;
        _context = ExecutionContext.Capture();
        Activity.Current = registering;
        _running.Value = null;
    }

    /// <summary>Whether the code that asks was called by the handler of this context.</summary>
    public bool IsCurrent => _running.Value is not null;

    public void Run(ContextCallback start, object state)
    {
        if (_context is null)
        {
            start(state);
        }
        else
        {
            ExecutionContext.Run(_context, start, state);
        }
    }
}
