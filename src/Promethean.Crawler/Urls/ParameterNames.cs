using System.Collections.Frozen;

namespace Promethean.Crawler;

/// <summary>A set of parameter names, case ignored; a name that ends in <c>*</c> stands for all that begin with it.</summary>
internal sealed class ParameterNames
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly string[] _prefixes;

    public ParameterNames(IReadOnlyList<string> names)
    {
        _exact = names.Where(name => !name.EndsWith('*'))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _prefixes = [.. names.Where(name => name.EndsWith('*')).Select(name => name[..^1])];
    }

    public bool Contains(ReadOnlySpan<char> name)
    {
        if (_exact.Contains(name)) return true;
        foreach (var prefix in _prefixes)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
