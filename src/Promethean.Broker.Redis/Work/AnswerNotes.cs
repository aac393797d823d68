using System.Globalization;
using System.Text;

namespace Promethean.Broker.Redis;

/// <summary>Writes and reads the notes that carry an answer; see <see cref="InboxNote"/>.</summary>
internal static class AnswerNotes
{
    public static byte[] Reply(string request, long number, BrokerReply reply)
    {
        var nameLength = Encoding.UTF8.GetByteCount(reply.Event);
        var line = string.Create(CultureInfo.InvariantCulture, $"R {request} {number} {(reply.IsFinal ? 'F' : 'P')} {nameLength}\n");
        var note = new byte[line.Length + nameLength + reply.Body.Utf8.Length];
        var written = Encoding.ASCII.GetBytes(line, note);
        written += Encoding.UTF8.GetBytes(reply.Event, note.AsSpan(written));
        reply.Body.Utf8.Span.CopyTo(note.AsSpan(written));
        return note;
    }

    public static byte[] Error(string request, long number, BrokerException error)
    {
        var delay = error.RetryAfter is { } after ? ((long)Math.Clamp(after.TotalMilliseconds, 0, int.MaxValue)).ToString(CultureInfo.InvariantCulture) : "-";
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"E {request} {number} {error.Code.ToWireName()} {delay}\n{error.Message}"));
    }

    /// <summary>Passes a note on to its request.</summary>
    public static void Pass(InboxNote note, OpenRequest request)
    {
        var number = long.Parse(note.Words[2], NumberStyles.None, CultureInfo.InvariantCulture);
        if (note.Kind == 'E')
        {
            TimeSpan? delay = note.Words[4] == "-" ? null : TimeSpan.FromMilliseconds(long.Parse(note.Words[4], NumberStyles.None, CultureInfo.InvariantCulture));
            request.End(number, new(BrokerErrorCodes.FromWireName(note.Words[3]), Encoding.UTF8.GetString(note.Body.Span), delay));
        }
        else
        {
            var nameLength = int.Parse(note.Words[4], NumberStyles.None, CultureInfo.InvariantCulture);
            request.Take(number, Encoding.UTF8.GetString(note.Body.Span[..nameLength]), note.Body[nameLength..], note.Words[3] == "F");
        }
    }
}
