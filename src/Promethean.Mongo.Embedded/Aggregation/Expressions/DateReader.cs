using System.Globalization;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Expressions;

/// <summary>Reads dates as <c>$dateFromString</c> does: by a format of percent signs, or any of the usual ones.</summary>
internal sealed class DateReader
{
    private readonly string _text;
    private readonly string _format;
    private readonly Dictionary<char, int> _fields = [];
    private TimeSpan? _offset;
    private int _at;

    private DateReader(string text, string format)
    {
        _text = text;
        _format = format;
    }

    /// <summary>The instant a text names, in a zone unless the text itself tells its offset.</summary>
    /// <exception cref="MongoCommandFailedException">Code 241: no such date.</exception>
    public static long Read(string text, string? format, DateZone? zone)
    {
        var (civil, offset) = format is null ? Usual(text) : new DateReader(text, format).Read();
        if (offset is { } told)
        {
            if (zone is not null) throw Failure(text, "you cannot pass in a date/time string with GMT offset together with a timezone argument");
            return (civil - DateTime.UnixEpoch - told).Ticks / TimeSpan.TicksPerMillisecond;
        }

        return (zone ?? DateZone.Of(null)).Instant(civil);
    }

    private static (DateTime Civil, TimeSpan? Offset) Usual(string text)
    {
        var hasOffset = text.EndsWith('Z') || (text.Length > 10 && text.AsSpan(10).ContainsAny('+', '-'));
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? (parsed.DateTime, hasOffset ? parsed.Offset : null)
            : throw Failure(text, "no known format");
    }

    private (DateTime Civil, TimeSpan? Offset) Read()
    {
        for (var i = 0; i < _format.Length; i++)
        {
            if (_format[i] != '%')
            {
                Expect(_format[i]);
                continue;
            }

            if (++i == _format.Length) throw MongoCommandFailedException.Location(18535, "Unmatched '%' at end of format string");
            ReadField(_format[i]);
        }

        if (_at < _text.Length) throw Failure(_text, "trailing data");
        try
        {
            return (Civil(), _offset);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Failure(_text, "no such date");
        }
    }

    private DateTime Civil()
    {
        DateTime date;
        if (_fields.TryGetValue('G', out var isoYear))
        {
            var day = Field('u', 1);
            date = ISOWeek.ToDateTime(isoYear, Field('V', 1), (DayOfWeek)(day % 7));
        }
        else if (_fields.TryGetValue('j', out var dayOfYear))
        {
            date = new DateTime(Field('Y', 1970), 1, 1).AddDays(dayOfYear - 1);
        }
        else
        {
            date = new DateTime(Field('Y', 1970), Field('m', 1), Field('d', 1));
        }

        return date + new TimeSpan(0, Field('H', 0), Field('M', 0), Field('S', 0), Field('L', 0));
    }

    private int Field(char specifier, int otherwise) => _fields.GetValueOrDefault(specifier, otherwise);

    private void ReadField(char specifier)
    {
        switch (specifier)
        {
            case '%':
                Expect('%');
                break;
            case 'Y' or 'G':
                _fields[specifier] = Digits(4);
                break;
            case 'm' or 'd' or 'H' or 'M' or 'S' or 'V':
                _fields[specifier] = Digits(2);
                break;
            case 'L' or 'j':
                _fields[specifier] = Digits(3);
                break;
            case 'u':
                _fields[specifier] = Digits(1);
                break;
            case 'b':
                _fields['m'] = Month(CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames);
                break;
            case 'B':
                _fields['m'] = Month(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames);
                break;
            case 'z':
                var end = _at;
                while (end < _text.Length && (char.IsAsciiDigit(_text[end]) || _text[end] is '+' or '-' or ':' or 'Z')) end++;
                _offset = end > _at ? DateZone.Parse(_text[_at..end]).OffsetAt(0) : throw Failure(_text, "an offset from UTC was expected");
                _at = end;
                break;
            case 'Z':
                var sign = _at < _text.Length && _text[_at] == '-' ? -1 : 1;
                if (_at < _text.Length && _text[_at] is '+' or '-') _at++;
                _offset = TimeSpan.FromMinutes(sign * Digits(4));
                break;
            default:
                throw MongoCommandFailedException.Location(18536, $"Invalid format character '%{specifier}' in format string");
        }
    }

    private int Month(string[] names)
    {
        for (var month = names.Length - 1; month >= 0; month--)
        {
            if (names[month].Length == 0 || !_text.AsSpan(_at).StartsWith(names[month], StringComparison.OrdinalIgnoreCase)) continue;
            _at += names[month].Length;
            return month + 1;
        }

        throw Failure(_text, "the name of a month was expected");
    }

    private int Digits(int most)
    {
        var start = _at;
        while (_at < _text.Length && _at - start < most && char.IsAsciiDigit(_text[_at])) _at++;
        return _at > start ? int.Parse(_text.AsSpan(start, _at - start), CultureInfo.InvariantCulture) : throw Failure(_text, "a number was expected");
    }

    private void Expect(char unit)
    {
        if (_at == _text.Length || _text[_at] != unit) throw Failure(_text, $"'{unit}' was expected");
        _at++;
    }

    private static MongoCommandFailedException Failure(string text, string reason) =>
        new(MongoErrorCode.ConversionFailure, $"Error parsing date string '{text}'; {reason}");
}
