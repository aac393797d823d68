using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Promethean.Broker.Server.Tests;

/// <summary>Writes steps as a page that people read, the same for every run: what chance and time decide is replaced, in a way
/// that keeps every frame valid.</summary>
internal sealed partial class TranscriptText
{
    private readonly StringBuilder _page = new("""
        # The wire, as a client that is not .NET drives it

        `>` is what a client sends, `<` what it gets, in the order the client looks at it. Ids that the broker makes, times and counts are
        replaced by others of their kind.

        """);

    private readonly Dictionary<string, string> _ids = [];
    private bool _isInBlock;

    public static string Of(IEnumerable<TranscriptStep> steps)
    {
        var text = new TranscriptText();
        foreach (var step in steps)
        {
            text.Add(step);
        }

        text.EndBlock();
        return text._page.ToString();
    }

    private void Add(TranscriptStep step)
    {
        switch (step.Kind)
        {
            case "chapter":
                AddProse($"## {step.Text}");
                break;
            case "note":
                AddProse(step.Text);
                break;
            case "refused":
                AddLine(step.Text);
                break;
            case "sent" or "told":
                AddLine($"{step.Client} > {Normalise(step.Text)}");
                break;
            case "received":
                AddLine($"{step.Client} < {Counts(LeftTime(Normalise(step.Text)))}");
                break;
            case "closed":
                AddLine($"{step.Client} closed {step.Text}");
                break;
            default:
                // The message that a frame came in, and what is between the driver and its test.
                break;
        }
    }

    private void AddProse(string text)
    {
        EndBlock();
        _page.Append('\n').Append(text).Append('\n');
    }

    private void AddLine(string line)
    {
        _page.Append(_isInBlock ? "" : "\n```\n").Append(line).Append('\n');
        _isInBlock = true;
    }

    private void EndBlock()
    {
        _page.Append(_isInBlock ? "```\n" : "");
        _isInBlock = false;
    }

    private string Normalise(string frame)
    {
        frame = MadeId().Replace(frame, id =>
        {
            if (!_ids.TryGetValue(id.Value, out var name))
            {
                var kind = id.Groups[1].Value;
                _ids[id.Value] = name = $"9f2c51d0a4e7-{kind}{_ids.Values.Count(one => one.Contains('q', StringComparison.Ordinal) == (kind == "q")) + 1:x}";
            }

            return name;
        });
        frame = SessionName().Replace(frame, "\"session\":\"8d7f4c0e5b6a49d1a2b3c4d5e6f70819\"");
        frame = Timestamp().Replace(frame, "\"ts\":1795000000000");
        return Uptime().Replace(frame, "\"uptime_ms\":81234");
    }

    /// <summary>The time that is left of a deadline when its task is given out.</summary>
    private static string LeftTime(string frame) => Deadline().Replace(
        frame, left => long.Parse(left.Groups[1].Value, CultureInfo.InvariantCulture) > 1000 ? "\"deadline_ms\":29990" : "\"deadline_ms\":19");

    private static string Counts(string frame) => frame.Contains("\"in_flight\"", StringComparison.Ordinal) ? Count().Replace(frame, "$1:0") : frame;

    [GeneratedRegex("""\b[0-9a-f]{12}-(q?)[0-9a-f]+\b""")]
    private static partial Regex MadeId();

    [GeneratedRegex("\"session\":\"[0-9a-f]{32}\"")]
    private static partial Regex SessionName();

    [GeneratedRegex("\"ts\":\\d+")]
    private static partial Regex Timestamp();

    [GeneratedRegex("\"uptime_ms\":\\d+")]
    private static partial Regex Uptime();

    [GeneratedRegex("\"deadline_ms\":(\\d+)")]
    private static partial Regex Deadline();

    [GeneratedRegex("(\"[a-z_]+\"):\\d+")]
    private static partial Regex Count();
}
