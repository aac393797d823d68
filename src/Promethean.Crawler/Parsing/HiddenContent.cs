using AngleSharp.Dom;

namespace Promethean.Crawler;

/// <summary>Recognises content that the page's own markup keeps from readers.</summary>
internal static class HiddenContent
{
    public static bool IsHidden(IElement element)
    {
        // Scripts that avoid flicker hide the whole page for a moment: that is not hiding anything.
        if (element.LocalName is "html" or "body") return false;
        return element.HasAttribute("hidden")
            || string.Equals(element.GetAttribute("aria-hidden"), "true", StringComparison.OrdinalIgnoreCase)
            || (element.GetAttribute("style") is { Length: > 0 } style && IsHiding(style));
    }

    private static bool IsHiding(ReadOnlySpan<char> style)
    {
        bool clips = false, small = false;
        foreach (var range in style.Split(';'))
        {
            var declaration = style[range];
            var colon = declaration.IndexOf(':');
            if (colon < 0) continue;

            var value = declaration[(colon + 1)..].Trim();
            if (value.IndexOf('!') is var important and >= 0) value = value[..important].TrimEnd();
            switch (declaration[..colon].Trim().ToString().ToLowerInvariant())
            {
                case "display" when Is(value, "none"):
                case "visibility" when Is(value, "hidden") || Is(value, "collapse"):
                case "opacity" or "font-size" when IsZero(value):
                case "left" or "right" or "top" or "text-indent" or "margin-left" or "margin-top" when IsFarAway(value):
                case "clip" when value.StartsWith("rect", StringComparison.OrdinalIgnoreCase):
                case "clip-path" when value.StartsWith("inset(5", StringComparison.OrdinalIgnoreCase) || value.StartsWith("inset(100", StringComparison.OrdinalIgnoreCase):
                case "transform" when value.StartsWith("scale(0)", StringComparison.OrdinalIgnoreCase):
                    return true;
                case "overflow" when Is(value, "hidden") || Is(value, "clip"):
                    clips = true;
                    break;
                case "width" or "height" or "max-height" or "max-width" when IsZero(value) || Is(value, "1px"):
                    small = true;
                    break;
            }
        }
        return clips && small;
    }

    private static bool Is(ReadOnlySpan<char> value, string expected) => value.Equals(expected, StringComparison.OrdinalIgnoreCase);

    // "0", "0px", "0.0em", "0%"
    private static bool IsZero(ReadOnlySpan<char> value)
    {
        var number = value.TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%");
        return number.Length > 0 && number.IndexOfAnyExcept("0.") < 0;
    }

    // "-9999px", "-100em": nobody scrolls there
    private static bool IsFarAway(ReadOnlySpan<char> value)
    {
        if (!value.StartsWith("-")) return false;
        var digits = value[1..];
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return (end < 0 ? digits.Length : end) >= 3;
    }
}
