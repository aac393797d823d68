using System.Text;
using Microsoft.Extensions.AI;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Gathers a model's answer, whole or piece by piece.</summary>
internal sealed class ChatAnswer(string requestedModel)
{
    private readonly StringBuilder _text = new();
    private UsageDetails? _usage;
    private ChatFinishReason? _finishReason;
    private string? _model;

    public void Add(ChatResponse response)
    {
        _text.Append(response.Text);
        Note(response.ModelId, response.FinishReason, response.Usage);
    }

    public void Add(ChatResponseUpdate update)
    {
        _text.Append(update.Text);
        Note(update.ModelId, update.FinishReason, update.Contents.OfType<UsageContent>().LastOrDefault()?.Details);
    }

    public ChatComplete Complete() => new()
    {
        Output = new() { Text = _text.ToString(), FinishReason = (_finishReason ?? ChatFinishReason.Stop).Value },
        Usage = ModelUsage.Of(_usage),
        Model = _model ?? requestedModel,
    };

    // Models tell how they ended, and what it cost, once and late.
    private void Note(string? model, ChatFinishReason? finishReason, UsageDetails? usage)
    {
        _model = model ?? _model;
        _finishReason = finishReason ?? _finishReason;
        _usage = usage ?? _usage;
    }
}
