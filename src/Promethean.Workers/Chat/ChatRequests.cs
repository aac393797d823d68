using Microsoft.Extensions.AI;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>Checks a chat request and puts it into the terms of Microsoft.Extensions.AI.</summary>
internal static class ChatRequests
{
    public static ChatCompletionRequest Read(JsonPayload payload, WorkersOptions options)
    {
        var request = payload.Read(BrokerJsonContext.Default.ChatCompletionRequest) ?? throw Invalid("The request is null.");
        if (string.IsNullOrEmpty(request.Model)) throw Invalid("'model' is empty.");
        if (request.Messages is not { Count: > 0 }) throw Invalid("'messages' is empty.");
        if (request.Temperature is < 0 or > 2 or double.NaN) throw Invalid("'temperature' must be from 0 to 2.");
        if (request.MaxTokens < 1) throw Invalid("'max_tokens' must be at least 1.");
        var characters = 0L;
        foreach (var message in request.Messages)
        {
            if (message?.Content is null) throw Invalid("A message has no 'content'.");
            _ = RoleOf(message.Role);
            characters += message.Content.Length;
        }

        return characters <= options.MaxChatCharacters
            ? request
            : throw new BrokerException(BrokerErrorCode.TooLarge, $"The messages have {characters} characters; at most {options.MaxChatCharacters} are taken.");
    }

    public static List<ChatMessage> MessagesOf(ChatCompletionRequest request) =>
        [.. request.Messages.Select(message => new ChatMessage(RoleOf(message.Role), message.Content))];

    public static ChatOptions OptionsOf(ChatCompletionRequest request) => new()
    {
        ModelId = request.Model,
        Temperature = (float?)request.Temperature,
        MaxOutputTokens = request.MaxTokens,
        Seed = request.Seed,
    };

    private static ChatRole RoleOf(string? role) => role switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        "tool" => ChatRole.Tool,
        _ => throw Invalid("A message's 'role' must be system, user, assistant or tool."),
    };

    private static BrokerException Invalid(string message) => new(BrokerErrorCode.InvalidRequest, message);
}
