using Microsoft.Extensions.AI;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Tokens as the wire counts them; zero where a model does not say.</summary>
internal static class ModelUsage
{
    public static TokenUsage Of(UsageDetails? usage)
    {
        var input = usage?.InputTokenCount ?? 0;
        var output = usage?.OutputTokenCount ?? 0;
        return new() { PromptTokens = input, CompletionTokens = output, TotalTokens = usage?.TotalTokenCount ?? input + output };
    }
}
