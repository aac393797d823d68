using System.Text;

namespace Promethean.Crawler;

/// <summary>The spelling of URLs: what browsers strip, how hosts are written, how percent-encoding is made uniform.</summary>
internal static class UrlText
{
    /// <summary>Removes surrounding white space and inner tabs and line breaks (WHATWG URL, basic URL parser, steps 1 to 3).</summary>
    public static string StripBreaks(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IndexOfAny('\t', '\n', '\r') < 0) return trimmed.Length == text.Length ? text : trimmed.ToString();

        var kept = new StringBuilder(trimmed.Length);
        foreach (var c in trimmed)
            if (c is not ('\t' or '\n' or '\r')) kept.Append(c);
        return kept.ToString();
    }

    /// <summary>The URL without fragment and with its host in punycode; null where the host is no valid name.</summary>
    public static Uri? AsFetched(Uri url)
    {
        if (url.Host.Length == 0) return null;
        if (url.Fragment.Length == 0 && url.UserInfo.Length == 0 && url.Host.All(char.IsAscii)) return url;
        try
        {
            var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost.ToLowerInvariant();
            var port = url.IsDefaultPort ? "" : $":{url.Port}";
            return Uri.TryCreate($"{url.Scheme}://{host}{port}{url.PathAndQuery}", UriKind.Absolute, out var fetch) && fetch.Host.Length > 0
                ? fetch
                : null;
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException)
        {
            return null; // the host cannot be written in punycode
        }
    }

    /// <summary>The host as keys spell it: lower case, and without the dot of the DNS root.</summary>
    public static string KeyHost(Uri fetchUrl) => fetchUrl.Host.TrimEnd('.').ToLowerInvariant();

    /// <summary>
    /// Percent-encoding made uniform (RFC 3986, 6.2.2): unreserved characters plain, hex digits in upper case, a stray
    /// <c>%</c> written <c>%25</c>. Applying it twice changes nothing.
    /// </summary>
    public static string NormalizePercent(ReadOnlySpan<char> text)
    {
        if (text.IndexOf('%') < 0) return text.ToString();

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                var value = (char)Convert.ToByte(text.Slice(i + 1, 2).ToString(), 16);
                if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~') result.Append(value);
                else result.Append('%').Append(char.ToUpperInvariant(text[i + 1])).Append(char.ToUpperInvariant(text[i + 2]));
                i += 2;
            }
            else
            {
                result.Append("%25");
            }
        }
        return result.ToString();
    }
}
