using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>Why an operation may have to stop early: its <c>maxTimeMS</c> is over, somebody killed it, or the server stops. Asked between documents.</summary>
internal sealed class Interruption(TimeProvider time, TimeSpan? limit, CancellationToken stopping)
{
    private readonly long _start = limit is null ? 0 : time.GetTimestamp();

    private volatile bool _killed;

    /// <summary>Stops the operation at its next check.</summary>
    public void Kill() => _killed = true;

    /// <exception cref="MongoCommandFailedException">Code 50, 11600 or 11601.</exception>
    public void Check()
    {
        if (stopping.IsCancellationRequested) throw new MongoCommandFailedException(MongoErrorCode.InterruptedAtShutdown, "interrupted at shutdown");
        if (_killed) throw new MongoCommandFailedException(MongoErrorCode.Interrupted, "operation was interrupted");
        if (limit is { } most && time.GetElapsedTime(_start) > most)
            throw new MongoCommandFailedException(MongoErrorCode.MaxTimeMSExpired, "operation exceeded time limit");
    }
}
