using System.Buffers;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Promethean.JsonSchema.Patterns;

/// <summary>A regular expression of a schema. Strings of strangers are matched in linear time, or, where the expression does not allow it, until the
/// time is up: then they do not match.</summary>
internal sealed class Pattern
{
    private const int OnStack = 256;

    private readonly Regex regex;

    /// <exception cref="FormatException">It is no regular expression of ECMA-262, or one that is not supported.</exception>
    public Pattern(string source, TimeSpan timeout)
    {
        Source = source;
        var translated = new EcmaPattern(source).Translate();
        try
        {
            regex = Build(translated, timeout);
        }
        catch (ArgumentException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public string Source { get; }

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (text.Length <= OnStack)
        {
            Span<char> chars = stackalloc char[OnStack];
            return IsMatch(text, chars);
        }

        var rented = ArrayPool<char>.Shared.Rent(text.Length);
        var matches = IsMatch(text, rented);
        ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    private bool IsMatch(ReadOnlySpan<byte> text, Span<char> chars)
    {
        Utf8.ToUtf16(text, chars, out _, out var written);
        try
        {
            return regex.IsMatch(chars[..written]);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex Build(string pattern, TimeSpan timeout)
    {
        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new(pattern, RegexOptions.CultureInvariant, timeout);
        }
    }
}
