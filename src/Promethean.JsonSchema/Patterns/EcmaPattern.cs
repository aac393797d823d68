using System.Globalization;
using System.Text;

namespace Promethean.JsonSchema.Patterns;

/// <summary>
/// Translates a regular expression of ECMA-262 (clause 22.2.1, with the u flag) to one that .NET matches alike: \d, \w, \s, \b and . as ECMA-262 has
/// them, ^ and $ at the ends of the text alone, code points instead of UTF-16 units, categories by their long names as well. More lenient than u:
/// any punctuation may be escaped, and a brace that begins no quantifier is itself.
/// </summary>
internal sealed class EcmaPattern(string source)
{
    private const string Word = "[0-9A-Z_a-z]";

    private readonly StringBuilder result = new();
    private readonly GroupNumbers groups = new(source);
    private int at;

    public string Translate()
    {
        while (at < source.Length) Next();
        return result.ToString();
    }

    private void Next()
    {
        var c = source[at];
        switch (c)
        {
            case '\\': Escape(); break;
            case '[': Class(); break;
            case '(': Group(); break;
            case '.': at++; Set(CharClass.LineEnds, inverted: true); break;
            case '$': at++; result.Append(@"\z"); break;
            case '^': at++; result.Append(@"\A"); break;
            case ')' or '|' or '*' or '+' or '?': at++; result.Append(c); break;
            case '{' when QuantifierLength() is > 0 and var length: result.Append(source, at, length); at += length; break;
            default: Literal(CodePoint()); break;
        }
    }

    // '(' alone, '(?:', '(?=', '(?!', '(?<=', '(?<!' or '(?<name>'; .NET knows more, ECMA-262 does not.
    private void Group()
    {
        if (Peek(1) != '?')
        {
            at++;
            result.Append('(');
            return;
        }

        var length = Peek(2) switch
        {
            ':' or '=' or '!' => 3,
            '<' when Peek(3) is '=' or '!' => 4,
            '<' => 0,
            _ => throw Wrong($"a group cannot begin with '{source[at..Math.Min(source.Length, at + 3)]}'"),
        };
        if (length == 0)
        {
            // Named groups become numbered ones; GroupNumbers has seen that the name ends.
            at = source.IndexOf('>', at) + 1;
            result.Append('(');
            return;
        }

        result.Append(source, at, length);
        at += length;
    }

    private void Escape()
    {
        var c = Peek(1);
        switch (c)
        {
            case 'd' or 'D': at += 2; Set(CharClass.Digits, c == 'D'); break;
            case 'w' or 'W': at += 2; Set(CharClass.WordChars, c == 'W'); break;
            case 's' or 'S': at += 2; Set(CharClass.Spaces, c == 'S'); break;
            // .NET's own \b counts all of Unicode's letters.
            case 'b': at += 2; result.Append($"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))"); break;
            case 'B': at += 2; result.Append($"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))"); break;
            case >= '1' and <= '9': BackReference(); break;
            case 'k' when Peek(2) == '<' && source.IndexOf('>', at) is > 0 and var end:
                Reference(groups.Of(source[(at + 3)..end]));
                at = end + 1;
                break;
            case 'p' or 'P': Write(new CharClass(), set => Property(set)); break;
            default: Literal(EscapedCodePoint()); break;
        }
    }

    private void BackReference()
    {
        var start = ++at;
        while (char.IsAsciiDigit(Peek(0))) at++;
        if (!int.TryParse(source.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > groups.Count)
        {
            throw Wrong($@"\{source[start..at]} refers to a group that is not there");
        }

        Reference(number);
    }

    // A group that has matched nothing yet is matched by nothing; in .NET it would not match.
    private void Reference(int group) => result.Append(CultureInfo.InvariantCulture, $@"(?({group})\{group})");

    // '[' [ '^' ] { atom [ '-' atom ] } ']'
    private void Class()
    {
        var set = new CharClass { Negated = Peek(1) == '^' };
        at += set.Negated ? 2 : 1;
        while (Peek(0) != ']')
        {
            if (at >= source.Length) throw Wrong("a class that begins with '[' has no ']'");
            if (ClassSet(set)) continue;
            var from = ClassCodePoint();
            if (Peek(0) == '-' && Peek(1) is not (']' or '\0') && !IsSet(at + 1))
            {
                at++;
                var to = ClassCodePoint();
                if (to < from) throw Wrong("a range of a class ends before it begins");
                set.Add(from, to);
            }
            else
            {
                set.Add(from, from);
            }
        }

        at++;
        result.Append(set.Write());
    }

    private bool IsSet(int position) =>
        position + 1 < source.Length && source[position] == '\\' && source[position + 1] is 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P';

    private bool ClassSet(CharClass set)
    {
        if (!IsSet(at)) return false;
        var c = source[at + 1];
        if (c is 'p' or 'P')
        {
            Property(set);
            return true;
        }

        at += 2;
        set.Add(char.ToLowerInvariant(c) switch { 'd' => CharClass.Digits, 'w' => CharClass.WordChars, _ => CharClass.Spaces }, char.IsAsciiLetterUpper(c));
        return true;
    }

    private int ClassCodePoint()
    {
        if (Peek(0) != '\\') return CodePoint();
        if (Peek(1) != 'b') return EscapedCodePoint();
        at += 2;
        return '\b';
    }

    private void Property(CharClass set)
    {
        var inverted = source[at + 1] == 'P';
        var end = Peek(2) == '{' ? source.IndexOf('}', at) : -1;
        if (end < 0) throw Wrong(@"\p needs a property in braces, as in \p{Letter}");
        var name = source[(at + 3)..end];
        at = end + 1;
        switch (name)
        {
            case "Any": set.Add([], !inverted); break;
            case "ASCII": set.Add([(0, 0x7F)], inverted); break;
            default:
                set.AddCategory(Categories.Find(name) ?? throw Wrong($@"\p{{{name}}} is not supported; general categories are, as in \p{{Letter}} or \p{{Lu}}"), inverted);
                break;
        }
    }

    private int EscapedCodePoint()
    {
        var c = Peek(1);
        at += 2;
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0' when !char.IsAsciiDigit(Peek(0)): return 0;
            case 'c' when char.IsAsciiLetter(Peek(0)): return source[at++] % 32;
            case 'x': return Hex(2);
            case 'u' when Peek(0) == '{': return Braced();
            case 'u': return UnitOrPair();
            case '\0' when at > source.Length: throw Wrong(@"it ends in \");
            default:
                if (char.IsAsciiLetterOrDigit(c)) throw Wrong($@"\{c} means nothing in ECMA-262");
                at--;
                return CodePoint();
        }
    }

    private int UnitOrPair()
    {
        var first = Hex(4);
        if (!char.IsHighSurrogate((char)first) || Peek(0) != '\\' || Peek(1) != 'u' || Peek(2) == '{') return first;
        var start = at;
        at += 2;
        var second = Hex(4);
        if (char.IsLowSurrogate((char)second)) return char.ConvertToUtf32((char)first, (char)second);
        at = start;
        return first;
    }

    private int Braced()
    {
        var end = source.IndexOf('}', at);
        if (end < 0 || !int.TryParse(source.AsSpan(at + 1, end - at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is < 0 or > 0x10FFFF)
        {
            throw Wrong(@"\u{…} holds no code point");
        }

        at = end + 1;
        return value;
    }

    private int Hex(int length)
    {
        if (at + length > source.Length || !int.TryParse(source.AsSpan(at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Wrong($"an escape needs {length} hexadecimal digits");
        }

        at += length;
        return value;
    }

    private int CodePoint()
    {
        var wide = char.IsHighSurrogate(source[at]) && char.IsLowSurrogate(Peek(1));
        var point = wide ? char.ConvertToUtf32(source[at], source[at + 1]) : source[at];
        at += wide ? 2 : 1;
        return point;
    }

    private int QuantifierLength()
    {
        var end = at + 1;
        while (end < source.Length && (char.IsAsciiDigit(source[end]) || (source[end] == ',' && end > at + 1))) end++;
        return end > at + 1 && end < source.Length && source[end] == '}' && source.AsSpan(at, end - at).Count(',') < 2 ? end + 1 - at : 0;
    }

    private void Literal(int point)
    {
        if (point < 0x80 && char.IsAsciiLetterOrDigit((char)point)) result.Append((char)point);
        else if (point <= 0xFFFF) CharClass.Unit(result, point);
        else Write(new CharClass(), set => set.Add(point, point));
    }

    private void Set((int From, int To)[] ranges, bool inverted) => Write(new CharClass(), set => set.Add(ranges, inverted));

    private void Write(CharClass set, Action<CharClass> fill)
    {
        fill(set);
        result.Append(set.Write());
    }

    private char Peek(int ahead) => at + ahead < source.Length ? source[at + ahead] : '\0';

    private static FormatException Wrong(string problem) => new(problem);
}
