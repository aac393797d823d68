using System.Text;

namespace Promethean.Workers.Tests;

/// <summary>Arbitrary text from a seed: words, punctuation, scripts, lone surrogates and control characters.</summary>
internal static class RandomText
{
    private static readonly string[] Pieces =
    [
        "the", "harbour", "Lighthouse", "packages", "package", "policies", "SQL", "x86", "l'eau", "don't", "Debian's", "e.g.", "Dr.", "i.e. ", "1871", "4.50", "...", ". ", "! ", "? ",
        "\n", "\n\n", "\r\n", "\t", " ", " ", " ", "-", "/", "_", "|", "»", "{", "}", ";", "=", "<page url=\"x\">", "</page>", "\n<page url=\"x\">\n", "\n</page>\n", "\u200B",
        "東京", "東京都庁舎前", "です。", "データ", "한국어", "हिन्दी", "ไทย", "Привет", "żółw", "e\u0301", "\u0301", "İstanbul", "ǅ", "ß", "😀", "\uD83D", "\uDE00", "\0", "\u0007", "\uFEFF",
        "login", "home", "next", "#tag", "…", "！", "»", "’s", "'", "''s", "a", "I", "cookies", "Copyright", "٣", "½", "Ⅷ",
    ];

    public static string Next(Random random)
    {
        var text = new StringBuilder();
        var count = random.Next(3) switch { 0 => random.Next(8), 1 => random.Next(80), _ => random.Next(800) };
        for (var i = 0; i < count; i++)
        {
            switch (random.Next(12))
            {
                case 0:
                    text.Append((char)random.Next(0x10000));
                    break;
                case 1:
                    text.Append((char)random.Next(0x20, 0x7F), random.Next(1, random.Next(1, 300)));
                    break;
                default:
                    text.Append(Pieces[random.Next(Pieces.Length)]);
                    if (random.Next(3) > 0) text.Append(' ');
                    break;
            }
        }

        return text.ToString();
    }
}
