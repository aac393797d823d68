using System.Buffers;

namespace Promethean.Broker.Server;

/// <summary>The bytes of a WebSocket, read many frames at a time, and written many at a time while they are held.</summary>
/// <remarks>A WebSocket reads each frame's head and body by calls of their own and writes each frame by one; with small frames these
/// calls are most of what a frame costs. One may read and others write at the same time. Each write is a whole
/// frame, and frames leave in the order of the calls.</remarks>
internal sealed class BufferedTransport(Stream inner) : Stream
{
    private const int ReadBytes = 8 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private byte[]? _read;
    private int _readStart;
    private int _readEnd;
    private PooledBytes _waiting = new();
    private PooledBytes _leaving = new();
    private bool _isHeld;

    /// <summary>Called each time what was read ahead is used up, before more is read, on the thread that reads.</summary>
    public Action? BeforeRead { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is written from here on waits for <see cref="ReleaseAsync"/>; never for anything else.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _isHeld = true;
        }
    }

    /// <summary>Writes what was held, in one piece.</summary>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isHeld = false;
        }

        return WriteWaitingAsync(cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_readStart == _readEnd)
        {
            GiveBack();
            // Also where more is there already: a client that sends without a pause never lets a read wait.
            BeforeRead?.Invoke();
            if (buffer.Length >= ReadBytes)
            {
                return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            // Waits without a buffer, since most connections are idle most of the time.
            await inner.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            _read = ArrayPool<byte>.Shared.Rent(ReadBytes);
            (_readStart, _readEnd) = (0, await inner.ReadAsync(_read, cancellationToken).ConfigureAwait(false));
        }

        var length = Math.Min(buffer.Length, _readEnd - _readStart);
        _read.AsMemory(_readStart, length).CopyTo(buffer);
        _readStart += length;
        return length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _waiting.Add(buffer.Span);
            if (_isHeld)
            {
                return default;
            }
        }

        return WriteWaitingAsync(cancellationToken);
    }

    // All that may leave has left by its write.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteWaitingAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                (_waiting, _leaving) = (_leaving, _waiting);
            }

            if (_leaving.Count > 0)
            {
                await inner.WriteAsync(_leaving.Written, cancellationToken).ConfigureAwait(false);
                await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also what was cut off: it must not be begun a second time.
            _leaving.Clear();
            _turn.Release();
        }
    }

    private void GiveBack()
    {
        if (_read is not null)
        {
            ArrayPool<byte>.Shared.Return(_read);
            _read = null;
        }
    }
}
