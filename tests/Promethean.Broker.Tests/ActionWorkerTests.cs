using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Promethean.Broker.Tests;

public sealed class ActionWorkerTests
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_request_that_its_handler_has_let_go_is_kept_by_nobody_else()
    {
        await using var worker = new ActionWorker("w", ["job"], Handle, new(), _ => Task.CompletedTask, TimeProvider.System, NullLogger.Instance);
        var payload = Give(worker);
        await _started.Task;

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        payload.IsAlive.Should().BeFalse();
        worker.Active.Should().Be(1);
    }

    // A frame of its own, so that no local keeps the payload alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Give(ActionWorker worker)
    {
        var bytes = "\"a request\""u8.ToArray();
        worker.Take(new("t", "job", JsonPayload.FromTrustedUtf8(bytes), TimeSpan.FromHours(1), null, null), new NoAnswer());
        return new(bytes);
    }

    // What is no iterator itself does not hold what it is given.
    private IAsyncEnumerable<BrokerReply> Handle(BrokerRequest request, CancellationToken cancellationToken) => HangAsync(cancellationToken);

    private async IAsyncEnumerable<BrokerReply> HangAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _started.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }

    private sealed class NoAnswer : ITaskAnswer
    {
        public CancellationToken Closed => default;

        public ValueTask ReplyAsync(BrokerReply reply, CancellationToken cancellationToken) => default;

        public ValueTask FailAsync(BrokerException error, CancellationToken cancellationToken) => default;
    }
}
