using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Promethean.Broker;

/// <summary>A thread's buffer and JSON writer for building one frame; the frame is copied out, so nothing is shared.</summary>
internal sealed class FrameScratch
{
    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static FrameScratch? current;

    private ArrayBufferWriter<byte> _buffer = new(512);
    private Utf8JsonWriter _writer;

    private FrameScratch() => _writer = NewWriter();

    /// <summary>Starts a frame on this thread; no other may be started before <see cref="Finish"/>.</summary>
    public static Utf8JsonWriter Start()
    {
        var scratch = current ??= new();
        // Whatever a frame that failed half-way left behind goes first.
        scratch._buffer.ResetWrittenCount();
        scratch._writer.Reset();
        scratch._writer.WriteStartObject();
        return scratch._writer;
    }

    /// <summary>Ends the frame begun by <see cref="Start"/> and gives its text.</summary>
    public static byte[] Finish()
    {
        var scratch = current!;
        scratch._writer.WriteEndObject();
        scratch._writer.Flush();
        var frame = scratch._buffer.WrittenSpan.ToArray();
        if (frame.Length > KeptBytes)
        {
            scratch._buffer = new(512);
            scratch._writer = scratch.NewWriter();
        }

        return frame;
    }

    // What is written raw was validated when it was read or serialised; quoting for HTML is not the wire's business.
    private Utf8JsonWriter NewWriter() => new(_buffer, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });
}
