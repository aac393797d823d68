namespace Promethean.JsonSchema.Compilation;

/// <summary>Resolves references as RFC 3986, section 5.2, on the text, so that a URI stays as its author wrote it.</summary>
internal static class UriReference
{
    /// <summary>A URI without its fragment, and the fragment without '#'; null where there is none.</summary>
    public static (string Uri, string? Fragment) Split(string uri)
    {
        var hash = uri.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? (uri, null) : (uri[..hash], uri[(hash + 1)..]);
    }

    public static string Resolve(string baseUri, string reference)
    {
        if (SchemeLength(reference) > 0) return reference;
        var (start, _) = Split(baseUri);
        if (reference.Length == 0 || reference[0] == '#') return start + reference;
        var scheme = start[..(SchemeLength(start) + 1)];
        if (reference.StartsWith("//", StringComparison.Ordinal)) return scheme + reference;
        var (authority, path, _) = Parts(start[scheme.Length..]);
        var (_, target, rest) = Parts(reference);
        if (target.Length == 0) return scheme + authority + path + rest;
        if (target[0] != '/') target = path.Length == 0 && authority.Length > 0 ? "/" + target : path[..(path.LastIndexOf('/') + 1)] + target;
        return scheme + authority + RemoveDots(target) + rest;
    }

    private static int SchemeLength(string uri)
    {
        for (var i = 0; i < uri.Length; i++)
        {
            if (uri[i] == ':') return i;
            if (!char.IsAsciiLetter(uri[i]) && (i == 0 || (!char.IsAsciiDigit(uri[i]) && uri[i] is not ('+' or '-' or '.')))) return 0;
        }

        return 0;
    }

    // What comes after the scheme: [ '//' authority ] path [ '?' query ] [ '#' fragment ].
    private static (string Authority, string Path, string Tail) Parts(string text)
    {
        var end = text.IndexOfAny(['?', '#']);
        var rest = end < 0 ? "" : text[end..];
        var front = end < 0 ? text : text[..end];
        if (!front.StartsWith("//", StringComparison.Ordinal)) return ("", front, rest);
        var slash = front.IndexOf('/', 2);
        return slash < 0 ? (front, "", rest) : (front[..slash], front[slash..], rest);
    }

    private static string RemoveDots(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            if (segments[i] == "..")
            {
                if (kept.Count > 1 || (kept.Count == 1 && kept[0].Length > 0)) kept.RemoveAt(kept.Count - 1);
                if (last) kept.Add("");
            }
            else if (segments[i] == ".")
            {
                if (last) kept.Add("");
            }
            else
            {
                kept.Add(segments[i]);
            }
        }

        return string.Join('/', kept);
    }
}
