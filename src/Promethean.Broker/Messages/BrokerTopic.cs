namespace Promethean.Broker;

/// <summary>The grammar of topics and patterns.</summary>
/// <remarks><code>
/// topic   = segment *("." segment)            ; at most 255 characters
/// segment = 1*(letter / digit / "-" / "_")    ; ASCII
/// pattern = topic, where a segment may be "*" (exactly one) and the last may be "&gt;" (one or more)
/// </code></remarks>
public static class BrokerTopic
{
    /// <summary>The longest topic, in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether the text is a topic that can be published to.</summary>
    /// <param name="topic">The text.</param>
    public static bool IsValid(string? topic) => IsWellFormed(topic, wildcards: false);

    /// <summary>Whether the text is a topic or a pattern that can be subscribed to.</summary>
    /// <param name="pattern">The text.</param>
    public static bool IsValidPattern(string? pattern) => IsWellFormed(pattern, wildcards: true);

    /// <summary>Whether a topic falls under a pattern; both must be valid.</summary>
    /// <param name="pattern">A topic or pattern.</param>
    /// <param name="topic">A topic.</param>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> topic)
    {
        while (true)
        {
            var wanted = Take(ref pattern, out var patternEnds);
            var given = Take(ref topic, out var topicEnds);
            if (wanted is ">")
            {
                return true;
            }

            if (wanted is not "*" && !wanted.SequenceEqual(given))
            {
                return false;
            }

            if (patternEnds || topicEnds)
            {
                return patternEnds && topicEnds;
            }
        }
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, out bool ends)
    {
        var dot = rest.IndexOf('.');
        ends = dot < 0;
        var segment = ends ? rest : rest[..dot];
        rest = ends ? [] : rest[(dot + 1)..];
        return segment;
    }

    private static bool IsWellFormed(string? text, bool wildcards)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text;
        for (var ends = false; !ends;)
        {
            var segment = Take(ref rest, out ends);
            var isWildcard = wildcards && (segment is "*" || (segment is ">" && ends));
            if (!isWildcard && !IsName(segment))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsName(ReadOnlySpan<char> segment)
    {
        foreach (var c in segment)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return false;
            }
        }

        return !segment.IsEmpty;
    }
}
