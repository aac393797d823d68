using System.Net.Http.Headers;

namespace Promethean.Crawler;

/// <summary>Reads response headers as servers write them, which is not always as the RFCs ask.</summary>
internal static class ResponseFacts
{
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromDays(1);

    /// <summary>The first value of a header, as written.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        Headers(response, name) is [{ Length: > 0 } first, ..] ? first : null;

    /// <summary>All values of a header, one per line received.</summary>
    public static IReadOnlyList<string> Headers(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values)
        || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? [.. values]
            : [];

    /// <summary>The media type in lower case and the charset; each null where not named.</summary>
    public static (string? MediaType, string? Charset) ContentType(HttpResponseMessage response)
    {
        if (Header(response, "Content-Type") is not { } header) return (null, null);

        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var charset = parts.Skip(1)
            .Where(part => part.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
            .Select(part => part["charset=".Length..].Trim('"', '\'', ' '))
            .FirstOrDefault(value => value.Length > 0);
        return (parts[0].Length == 0 ? null : parts[0].ToLowerInvariant(), charset);
    }

    /// <summary>Whether the same request may well succeed later.</summary>
    public static bool IsTransient(int status) =>
        status is 408 or 425 or 429 or 500 or 502 or 503 or 504 or 509 or (>= 520 and <= 530);

    /// <summary>The delay the server asks for, at most a day; given as seconds or as a date (RFC 9110, 10.2.3).</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        if (response.Headers.RetryAfter is not { } header) return null;

        var delay = header.Delta ?? (header.Date - now) ?? TimeSpan.Zero;
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay > _longestRetryAfter ? _longestRetryAfter : delay;
    }
}
