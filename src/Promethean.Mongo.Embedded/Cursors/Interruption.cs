using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>Why an operation may have to stop early: its <c>maxTimeMS</c> is over, or the server stops. Asked between documents.</summary>
internal sealed class Interruption(TimeProvider time, TimeSpan? limit, CancellationToken stopping)
{
    private readonly long _start = limit is null ? 0 : time.GetTimestamp();

    /// <exception cref="MongoCommandFailedException">Code 50 or 11600.</exception>
    public void Check()
    {
        if (stopping.IsCancellationRequested) throw new MongoCommandFailedException(MongoErrorCode.InterruptedAtShutdown, "interrupted at shutdown");
        if (limit is { } most && time.GetElapsedTime(_start) > most)
            throw new MongoCommandFailedException(MongoErrorCode.MaxTimeMSExpired, "operation exceeded time limit");
    }
}
