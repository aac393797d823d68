using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>Writes the reference of all frames, with the examples of the schemas; an answer's examples bear the id of what they answer.</summary>
internal sealed class WirePage
{
    private readonly StringBuilder _text = new();

    public static string Render()
    {
        var page = new WirePage();
        page.AddNames();
        page._text.Append("## Actions: what a client sends\n\nWhat is required is so where the object that it stands in is there.\n\n");
        foreach (var frame in WireSchema.OfClient.Frames)
        {
            page.AddAction(frame);
        }

        page._text.Append("## Events: what the broker sends\n\n");
        foreach (var frame in WireSchema.OfBroker.Frames)
        {
            page.AddEvent(frame);
        }

        return page._text.ToString();
    }

    /// <summary>The events that answer an example, in their order.</summary>
    public static IReadOnlyList<JsonElement> AnswersTo(JsonElement example) => WireFrame.IdOf(example) is { } id
        ? [.. WireSchema.OfBroker.Examples.Where(one => WireFrame.IdOf(one) == id).OrderBy(WireFrame.IsFinal)]
        : [];

    private void AddNames()
    {
        _text.Append("## Names\n\n");
        var patterns = WireSchema.OfClient.Patterns.Concat(WireSchema.OfBroker.Patterns).DistinctBy(one => one.Name);
        foreach (var (name, schema) in patterns.Select(one => (one.Name, one.Value)))
        {
            _text.Append(CultureInfo.InvariantCulture, $"- **{FieldTable.Words(name)}**: `{schema.GetProperty("pattern").GetString()}`, at most {schema.GetProperty("maxLength")} characters");
            _text.Append(schema.TryGetProperty("description", out var description) ? $". {description.GetString()}\n" : "\n");
        }

        _text.Append('\n');
    }

    private void AddAction(WireFrame frame)
    {
        AddHead(WireSchema.OfClient, frame);
        foreach (var example in frame.Examples)
        {
            AddExample(WireSchema.OfClient, example);
            foreach (var answer in AnswersTo(example))
            {
                AddExample(WireSchema.OfBroker, answer);
            }
        }
    }

    private void AddEvent(WireFrame frame)
    {
        AddHead(WireSchema.OfBroker, frame);
        var asked = WireSchema.OfClient.Examples.Select(WireFrame.IdOf).ToHashSet();
        // What answers an action stands beside it.
        var own = frame.Examples.Where(one => WireFrame.IdOf(one) is not { } id || !asked.Contains(id)).ToList();
        foreach (var example in own.DefaultIfEmpty(frame.Examples[0]))
        {
            AddExample(WireSchema.OfBroker, example);
        }
    }

    private void AddHead(WireSchema schema, WireFrame frame) =>
        _text.Append(CultureInfo.InvariantCulture, $"### {frame.Heading}\n\n{frame.Description}\n\n{FieldTable.Of(schema, frame)}\n");

    private void AddExample(WireSchema schema, JsonElement example) =>
        _text.Append(CultureInfo.InvariantCulture, $"```json {schema.Side}\n{example.GetRawText()}\n```\n\n");
}
