namespace Promethean.JsonSchema.Patterns;

/// <summary>The groups of a pattern as ECMA-262 numbers them: by their opening parentheses, the named ones among the others. .NET numbers those last.</summary>
internal sealed class GroupNumbers
{
    private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);

    public GroupNumbers(string source)
    {
        var inClass = false;
        for (var at = 0; at < source.Length; at++)
        {
            switch (source[at])
            {
                case '\\': at++; break;
                case '[': inClass = true; break;
                case ']': inClass = false; break;
                case '(' when !inClass: Open(source, at); break;
                default: break;
            }
        }
    }

    public int Count { get; private set; }

    public int Of(string name) => names.TryGetValue(name, out var number) ? number : throw new FormatException($"there is no group named '{name}'");

    private void Open(string source, int at)
    {
        var text = source.AsSpan(at + 1);
        if (!text.StartsWith("?", StringComparison.Ordinal))
        {
            Count++;
        }
        else if (text.StartsWith("?<", StringComparison.Ordinal) && text.Length > 2 && text[2] is not ('=' or '!'))
        {
            var end = text.IndexOf('>');
            if (end < 0 || !names.TryAdd(text[2..end].ToString(), ++Count)) throw new FormatException("a group's name does not end, or is given twice");
        }
    }
}
