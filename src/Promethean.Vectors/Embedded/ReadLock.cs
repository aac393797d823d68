namespace Promethean.Vectors;

/// <summary>Holds a lock for reading until disposed.</summary>
internal readonly ref struct ReadLock
{
    private readonly ReaderWriterLockSlim _lock;

    public ReadLock(ReaderWriterLockSlim readerWriterLock)
    {
        _lock = readerWriterLock;
        _lock.EnterReadLock();
    }

    public void Dispose() => _lock.ExitReadLock();
}
