using System.Buffers;

namespace Promethean.Crawler;

/// <summary>Bytes read up to a cap, and whether there were more.</summary>
internal readonly record struct CappedBody(ReadOnlyMemory<byte> Bytes, bool Exceeded)
{
    private const int Chunk = 16 * 1024;

    /// <summary>Reads until the end or the cap, whichever comes first; keeps at most the cap.</summary>
    public static async ValueTask<CappedBody> ReadAsync(Stream stream, int cap, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(Chunk);
        while (true)
        {
            var read = await stream.ReadAsync(body.GetMemory(Chunk), cancellationToken).ConfigureAwait(false);
            if (read == 0) return new CappedBody(body.WrittenMemory, false);
            body.Advance(read);
            if (body.WrittenCount > cap) return new CappedBody(body.WrittenMemory[..cap], true);
        }
    }

    /// <summary>The same for a stream over memory, which never waits.</summary>
    public static CappedBody Read(Stream stream, int cap)
    {
        var body = new ArrayBufferWriter<byte>(Chunk);
        while (true)
        {
            var read = stream.Read(body.GetSpan(Chunk));
            if (read == 0) return new CappedBody(body.WrittenMemory, false);
            body.Advance(read);
            if (body.WrittenCount > cap) return new CappedBody(body.WrittenMemory[..cap], true);
        }
    }
}
