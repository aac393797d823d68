using Microsoft.Extensions.AI;

namespace Promethean.Workers;

/// <summary>An offline model's answer and what it counted.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Text">The answer.</param>
/// <param name="PromptTokens">Tokens read.</param>
/// <param name="AnswerTokens">Tokens written.</param>
internal sealed record OfflineAnswer(string Model, string Text, int PromptTokens, int AnswerTokens)
{
    // Bounds the cost of a request; the crawler's own limit is far below.
    private const int LongestPage = 256 * 1024;
    private const int LongestPiece = 80;

    private UsageDetails Usage => new()
    {
        InputTokenCount = PromptTokens,
        OutputTokenCount = AnswerTokens,
        TotalTokenCount = (long)PromptTokens + AnswerTokens,
    };

    /// <summary>Answers the last message of the user.</summary>
    public static OfflineAnswer To(IEnumerable<ChatMessage> messages, string model, Func<PageWords, string> answer)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var prompt = messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
        var block = PageBlock.Of(prompt);
        var page = PageWords.Of(block.Length > LongestPage ? block[..LongestPage] : block);
        var text = answer(page);
        return new(model, text, TokenEstimate.OfWords(page.Tokens.Length), TokenEstimate.OfWords(text.Count(' ') + 1));
    }

    public ChatResponse AsResponse() => new(new ChatMessage(ChatRole.Assistant, Text))
    {
        ModelId = Model,
        FinishReason = ChatFinishReason.Stop,
        Usage = Usage,
    };

    /// <summary>The same answer in pieces that end behind spaces.</summary>
    public IEnumerable<ChatResponseUpdate> AsUpdates()
    {
        for (var from = 0; from < Text.Length;)
        {
            var length = Math.Min(LongestPiece, Text.Length - from);
            if (from + length < Text.Length)
            {
                var space = Text.AsSpan(from, length).LastIndexOf(' ');
                if (space >= 0) length = space + 1;
                else if (char.IsHighSurrogate(Text[from + length - 1])) length--;
            }

            yield return new(ChatRole.Assistant, Text.Substring(from, length)) { ModelId = Model };
            from += length;
        }

        yield return new(ChatRole.Assistant, [new UsageContent(Usage)]) { ModelId = Model, FinishReason = ChatFinishReason.Stop };
    }
}
