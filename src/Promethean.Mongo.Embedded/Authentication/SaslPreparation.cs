using System.Globalization;
using System.Text;

namespace Promethean.Mongo.Embedded.Authentication;

/// <summary>
/// SASLprep (RFC 4013) as far as two people who type the same password need it: other spaces become plain ones, what is invisible
/// is left out, and the rest takes its compatibility form. What may not stand in a password is refused by the drivers.
/// </summary>
internal static class SaslPreparation
{
    public static string Prepare(string password)
    {
        if (Ascii.IsValid(password)) return password;
        var mapped = new StringBuilder(password.Length);
        foreach (var character in password)
        {
            if (IsLeftOut(character)) continue;
            mapped.Append(CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator ? ' ' : character);
        }

        return mapped.ToString().Normalize(NormalizationForm.FormKC);
    }

    // RFC 3454, table B.1: soft hyphens, joiners, variation selectors and the like.
    private static bool IsLeftOut(char character) =>
        character is '\u00AD' or '\u034F' or '\u1806' or (>= '\u180B' and <= '\u180D') or (>= '\u200B' and <= '\u200D') or '\u2060' or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';
}
