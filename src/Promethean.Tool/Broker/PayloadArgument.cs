using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>A payload on the command line: JSON, or with <c>--text</c> a string, or <c>-</c> for standard input.</summary>
internal sealed class PayloadArgument
{
    private const string Name = "PAYLOAD";

    private readonly Argument<string?> _payload;
    private readonly Option<bool> _text = new("--text") { Description = "The payload is text, sent as a JSON string" };

    public PayloadArgument(string fromInput)
    {
        _payload = new(Name)
        {
            Description = $"JSON, null when left out; '-' reads standard input, {fromInput}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        _payload.Validators.Add(Check);
    }

    public void AddTo(Command command)
    {
        command.Add(_payload);
        command.Add(_text);
    }

    /// <summary>Whether the payload is on standard input.</summary>
    public bool IsInput(ParseResult result) => result.GetValue(_payload) == PayloadText.FromInput;

    /// <summary>The payload that was typed.</summary>
    public JsonPayload Read(ParseResult result) => result.GetValue(_payload) is { } typed ? Parse(typed, result.GetValue(_text)) : default;

    /// <summary>The payload that was piped in.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    public JsonPayload Read(ParseResult result, ReadOnlyMemory<byte> utf8, string what) =>
        result.GetValue(_text) ? PayloadText.Quote(utf8, what) : PayloadText.Parse(utf8, what);

    private static JsonPayload Parse(string typed, bool isText)
    {
        var utf8 = Encoding.UTF8.GetBytes(typed);
        return isText ? PayloadText.Quote(utf8, Name) : PayloadText.Parse(utf8, Name);
    }

    private void Check(ArgumentResult result)
    {
        if (result.Tokens is not [var token] || token.Value == PayloadText.FromInput)
        {
            return;
        }

        try
        {
            Parse(token.Value, result.GetValue(_text));
        }
        catch (ToolException e)
        {
            result.AddError(e.Message);
        }
    }
}
