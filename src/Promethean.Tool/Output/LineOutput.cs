using System.Buffers;

namespace Promethean.Tool;

/// <summary>Writes results, each a line that leaves at once; a reader that has gone away is no error.</summary>
/// <remarks>One line at a time: callers wait for the one before.</remarks>
internal sealed class LineOutput(Stream stream) : IDisposable
{
    // The same number on Linux, macOS and the BSDs.
    private const int BrokenPipe = 32;

    private readonly CancellationTokenSource _closed = new();

    /// <summary>Cancelled when nobody reads any more.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Nobody reads any more.</summary>
    public void Close()
    {
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended meanwhile.
        }
    }

    /// <summary>Writes a line.</summary>
    public async ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken = default)
    {
        if (!_closed.IsCancellationRequested)
        {
            // Writing to a full pipe does not end when it is cancelled, so we stop waiting for it instead.
            await WriteAsync(line).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _closed.Dispose();

    private async Task WriteAsync(ReadOnlyMemory<byte> line)
    {
        // One write: two could be torn apart by another process that writes to the same pipe.
        var buffer = ArrayPool<byte>.Shared.Rent(line.Length + 1);
        try
        {
            line.CopyTo(buffer);
            buffer[line.Length] = (byte)'\n';
            await stream.WriteAsync(buffer.AsMemory(0, line.Length + 1)).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            Close();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
