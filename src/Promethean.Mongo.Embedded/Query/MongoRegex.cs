using System.Text.RegularExpressions;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Query;

/// <summary>
/// Compiles MongoDB's regular expressions (PCRE) for .NET, safely: in linear time where the pattern allows it, else with a time
/// limit per match. What PCRE has and .NET does not (possessive quantifiers, <c>\Q…\E</c>) is refused; <c>\d</c> and <c>\w</c> know Unicode.
/// </summary>
internal static class MongoRegex
{
    /// <summary>MongoDB's own limit.</summary>
    private const int MaxPatternLength = 16_384;

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Compiles a pattern with the options <c>i m s x u</c>.</summary>
    /// <exception cref="MongoCommandFailedException">Code 51091 (malformed pattern) or 51108 (unknown option).</exception>
    public static Regex Compile(BsonRegularExpression expression)
    {
        var options = RegexOptions.CultureInvariant;
        foreach (var option in expression.Options)
        {
            options |= option switch
            {
                'i' => RegexOptions.IgnoreCase,
                'm' => RegexOptions.Multiline,
                's' => RegexOptions.Singleline,
                'x' => RegexOptions.IgnorePatternWhitespace,
                'u' => RegexOptions.None,
                _ => throw MongoCommandFailedException.Location(51108, $"invalid flag in regex options: {option}"),
            };
        }

        if (expression.Pattern.Length > MaxPatternLength || expression.Pattern.Contains('\0'))
        {
            throw MongoCommandFailedException.Location(51091, "Regular expression is invalid: too long, or an embedded null byte");
        }

        try
        {
            return new Regex(expression.Pattern, options | RegexOptions.NonBacktracking, MatchTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression.Pattern, options, MatchTimeout);
        }
        catch (ArgumentException malformed)
        {
            throw MongoCommandFailedException.Location(51091, $"Regular expression is invalid: {malformed.Message}");
        }
    }

    /// <summary>Whether the pattern is found in the text.</summary>
    /// <exception cref="MongoCommandFailedException">Code 51156: the match took too long.</exception>
    public static bool IsMatch(Regex regex, string text) => Guard(regex, () => regex.IsMatch(text));

    /// <summary>The first places, at most <paramref name="limit"/>, where the pattern is found.</summary>
    /// <exception cref="MongoCommandFailedException">Code 51156: the match took too long.</exception>
    public static IReadOnlyList<Match> Matches(Regex regex, string text, int limit) => Guard(regex, () => regex.Matches(text).Take(limit).ToList());

    /// <summary>The letters and digits every match of an anchored pattern without options starts with; empty if there are none.</summary>
    public static string LiteralPrefix(string pattern)
    {
        if (!pattern.StartsWith('^') || pattern.Contains('|')) return string.Empty;
        var end = 1;
        while (end < pattern.Length && IsPlain(pattern[end])) end++;
        // A quantifier may make the last letter optional.
        if (end < pattern.Length && pattern[end] is '*' or '?' or '{' or '+') end--;
        return end > 1 ? pattern[1..end] : string.Empty;
    }

    private static bool IsPlain(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is ' ' or '_' or '-' or '/' or ':' or ',' or '@' or '"' or '\'';

    private static T Guard<T>(Regex regex, Func<T> match)
    {
        try
        {
            return match();
        }
        catch (RegexMatchTimeoutException)
        {
            throw MongoCommandFailedException.Location(51156, $"Error occurred while executing the regular expression '{regex}': match limit exceeded");
        }
    }
}
