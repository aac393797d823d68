using System.Globalization;
using System.Text;

namespace Promethean.JsonSchema.Patterns;

/// <summary>
/// A set of code points. .NET matches UTF-16 units, so what lies beyond U+FFFF is written as pairs of them beside a class for the rest.
/// </summary>
internal sealed class CharClass
{
    private const int LastBmp = 0xFFFF;
    private const int Last = 0x10FFFF;

    private readonly List<(int From, int To)> ranges = [];
    private readonly StringBuilder categories = new();

    public static readonly (int From, int To)[] Digits = [('0', '9')];
    public static readonly (int From, int To)[] WordChars = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    // ECMA-262 WhiteSpace and LineTerminator.
    public static readonly (int From, int To)[] Spaces =
        [(9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)];

    public static readonly (int From, int To)[] LineEnds = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    public bool Negated { get; set; }

    public void Add(int from, int to) => ranges.Add((from, to));

    public void Add((int From, int To)[] set, bool inverted) => ranges.AddRange(inverted ? Complement(set) : set);

    /// <summary>A Unicode general category, by its short name. Characters beyond U+FFFF are in none.</summary>
    public void AddCategory(string name, bool inverted)
    {
        categories.Append(inverted ? @"\P{" : @"\p{").Append(name).Append('}');
        if (inverted) Add(LastBmp + 1, Last);
    }

    public string Write()
    {
        var all = Complement(Complement([.. ranges.Order()]));
        var wanted = Negated && categories.Length == 0 ? Complement(all) : all;
        // A negated class with categories stays negated for .NET; only what lies beyond is turned round here.
        var invert = Negated && categories.Length > 0;
        var low = new StringBuilder();
        var pairs = new List<string>();
        foreach (var (from, to) in wanted)
        {
            if (from <= LastBmp) Range(low, from, Math.Min(to, LastBmp));
        }

        foreach (var (from, to) in invert ? Complement(all) : wanted)
        {
            if (to > LastBmp) AddPairs(pairs, Math.Max(from, LastBmp + 1), to);
        }

        low.Append(categories);
        // Half a pair is no character: \P{...} must not match one.
        if (categories.Length > 0) low.Append(invert ? @"\ud800-\udfff" : @"-[\ud800-\udfff]");
        var single = low.Length == 0 ? (invert ? @"[\s\S]" : null) : $"[{(invert ? "^" : "")}{low}]";
        if (single is not null) pairs.Insert(0, single);
        return pairs.Count switch { 0 => @"[^\s\S]", 1 => pairs[0].StartsWith('[') ? pairs[0] : $"(?:{pairs[0]})", _ => $"(?:{string.Join('|', pairs)})" };
    }

    public static void Unit(StringBuilder to, int unit) => to.Append(CultureInfo.InvariantCulture, $@"\u{unit:x4}");

    private static void Range(StringBuilder to, int from, int last)
    {
        Unit(to, from);
        if (last == from) return;
        to.Append('-');
        Unit(to, last);
    }

    private static void AddPairs(List<string> pairs, int from, int to)
    {
        while (from <= to)
        {
            var high = char.ConvertFromUtf32(from)[0];
            var lastHigh = char.ConvertFromUtf32(to)[0];
            var blockStart = (from & 0x3FF) == 0;
            var text = new StringBuilder();
            // As many whole rows of 1,024 as there are at once, else the rest of one.
            var wholeRows = blockStart ? (to + 1 - from) / 0x400 : 0;
            var end = wholeRows > 0 ? from + (wholeRows * 0x400) - 1 : Math.Min(to, from | 0x3FF);
            if (wholeRows > 1) text.Append('[');
            Unit(text, high);
            if (wholeRows > 1)
            {
                text.Append('-');
                Unit(text, Math.Min(lastHigh, char.ConvertFromUtf32(end)[0]));
                text.Append(']');
            }

            text.Append('[');
            Range(text, 0xDC00 | (from & 0x3FF), 0xDC00 | (end & 0x3FF));
            pairs.Add(text.Append(']').ToString());
            from = end + 1;
        }
    }

    // Half surrogates are no code points that a text can hold, so they are in no set, and in no complement.
    private static (int From, int To)[] Complement((int From, int To)[] set)
    {
        var result = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in set.Append((0xD800, 0xDFFF)).Order())
        {
            if (from > next) result.Add((next, from - 1));
            next = Math.Max(next, to + 1);
        }

        if (next <= Last) result.Add((next, Last));
        return [.. result];
    }
}
