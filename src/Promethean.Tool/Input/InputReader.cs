using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Promethean.Tool;

/// <summary>Reads standard input without ever holding more of it than one payload may have.</summary>
internal sealed class InputReader(Stream stream, int maxBytes)
{
    /// <summary>The lines that are not blank.</summary>
    /// <exception cref="ToolException">A line is too long; its number is named.</exception>
    public async IAsyncEnumerable<InputLine> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var number = 0L;
        while (true)
        {
            // A terminal's or a pipe's read does not end when it is cancelled, so we stop waiting for it instead.
            var read = await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                if (ToLine(++number, rest.Slice(0, end)) is { } line)
                {
                    yield return line;
                }

                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (rest.Length > maxBytes)
            {
                throw TooLong(number + 1);
            }

            if (read.IsCompleted)
            {
                if (ToLine(number + 1, rest) is { } last)
                {
                    yield return last;
                }

                break;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>All of it.</summary>
    /// <exception cref="ToolException">It is too long.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.Length > maxBytes)
            {
                throw new ToolException(ExitCodes.Usage, $"The input is longer than {maxBytes} bytes, the most that a message holds.");
            }

            if (read.IsCompleted)
            {
                return read.Buffer.ToArray();
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private InputLine? ToLine(long number, ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length > maxBytes)
        {
            throw TooLong(number);
        }

        var text = bytes.ToArray();
        return text.AsSpan().Trim(" \t\r"u8).IsEmpty ? null : new(number, text.AsMemory().TrimEnd((byte)'\r'));
    }

    private ToolException TooLong(long number) =>
        new(ExitCodes.Usage, $"Line {number} of the input is longer than {maxBytes} bytes, the most that a message holds.");
}
