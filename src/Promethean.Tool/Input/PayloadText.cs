using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>Payloads as they are typed or piped in.</summary>
internal static class PayloadText
{
    /// <summary>Stands for standard input.</summary>
    public const string FromInput = "-";

    /// <summary>The largest payload: a message's limit.</summary>
    public static int MaxBytes { get; } = new BrokerOptions().MaxSentFrameBytes;

    /// <summary>Takes text that is one JSON value.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    /// <exception cref="ToolException">It is not JSON; the place is named.</exception>
    public static JsonPayload Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new ToolException(ExitCodes.Usage, $"{what} is not UTF-8 text.");
        }

        try
        {
            var reader = new Utf8JsonReader(utf8.Span);
            while (reader.Read())
            {
            }

            return JsonPayload.FromTrustedUtf8(utf8);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber > 0 ? $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}" : $"byte {e.BytePositionInLine + 1}";
            throw new ToolException(ExitCodes.Usage, $"{what} is not JSON: {place}: {Reason(e)} Text is sent as a JSON string with --text.", e);
        }
    }

    /// <summary>Takes text as it is, as a JSON string.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    public static JsonPayload Quote(ReadOnlyMemory<byte> utf8, string what) => Utf8.IsValid(utf8.Span)
        ? JsonPayload.FromTrustedUtf8(Encoding.UTF8.GetBytes($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Encoding.UTF8.GetString(utf8.Span))}\""))
        : throw new ToolException(ExitCodes.Usage, $"{what} is not UTF-8 text.");

    // The place stands at the end of the message, counted from 0; before it may stand advice for whoever programs a reader.
    private static string Reason(JsonException e) => e.Message.Split(" Change the reader options.", 2)[0].Split(" LineNumber:", 2)[0];
}
