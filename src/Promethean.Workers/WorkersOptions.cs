namespace Promethean.Workers;

/// <summary>How the workers take requests and call their models.</summary>
public sealed class WorkersOptions
{
    /// <summary>Chat requests served at once, at least 1. Default: 4.</summary>
    public int ChatConcurrency { get; set; } = 4;

    /// <summary>Embedding requests served at once, at least 1. Default: 4.</summary>
    public int EmbeddingConcurrency { get; set; } = 4;

    /// <summary>How long a model may take for a whole answer; the caller's deadline ends it sooner. Default: 5 minutes.</summary>
    public TimeSpan ModelTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest chat request, in characters of all its messages. Default: 1,000,000.</summary>
    public int MaxChatCharacters { get; set; } = 1_000_000;

    /// <summary>The most texts of one embedding request. Default: 256.</summary>
    public int MaxEmbeddingTexts { get; set; } = 256;

    /// <summary>The longest text to embed, in characters. Default: 32,768.</summary>
    public int MaxEmbeddingCharacters { get; set; } = 32_768;

    /// <summary>The delay between attempts of the hosted service to register while the broker cannot be reached. Default: 1 s.</summary>
    public TimeSpan RegistrationRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    internal IEnumerable<string> Problems()
    {
        if (ChatConcurrency < 1) yield return $"{nameof(ChatConcurrency)} must be at least 1, not {ChatConcurrency}.";
        if (EmbeddingConcurrency < 1) yield return $"{nameof(EmbeddingConcurrency)} must be at least 1, not {EmbeddingConcurrency}.";
        if (ModelTimeout <= TimeSpan.Zero) yield return $"{nameof(ModelTimeout)} must be more than zero, not {ModelTimeout}.";
        if (MaxChatCharacters < 1) yield return $"{nameof(MaxChatCharacters)} must be at least 1, not {MaxChatCharacters}.";
        if (MaxEmbeddingTexts < 1) yield return $"{nameof(MaxEmbeddingTexts)} must be at least 1, not {MaxEmbeddingTexts}.";
        if (MaxEmbeddingCharacters < 1) yield return $"{nameof(MaxEmbeddingCharacters)} must be at least 1, not {MaxEmbeddingCharacters}.";
        if (RegistrationRetryDelay <= TimeSpan.Zero) yield return $"{nameof(RegistrationRetryDelay)} must be more than zero, not {RegistrationRetryDelay}.";
    }

    /// <summary>Refuses values out of range, for a worker made without a container.</summary>
    internal void Validate()
    {
        if (Problems().FirstOrDefault() is { } problem) throw new ArgumentException(problem);
    }
}
