using System.Text;

namespace Promethean.Workers.Tests;

/// <summary>Texts to summarise and tag.</summary>
internal static class Pages
{
    public const string Lighthouse =
        """
        The harbour lighthouse
        Home | News | Visit | Contact
        The lighthouse at the harbour mouth was built in 1871 and stands 34 metres tall. Dr. Anna Berg designed the lens, which throws a beam of light for 28 kilometres. Keepers lived in the lighthouse until 1964, when the lamp was given an electric motor. Since then the harbour office has controlled the light from the town.
        How to get there
        A footpath leads from the market to the harbour in about twenty minutes. The path is steep, and it is closed during storms because waves reach the harbour wall. Boats may not land at the lighthouse without the permission of the harbour office.
        Visitors can climb the lighthouse on Sundays from May to September. Tickets cost 4.50 euros for adults, and children under twelve go free. The stairs have 152 steps, and there is no lift. From the gallery one sees the harbour, the islands in the bay and, on clear days, the mountains of the mainland.
        The harbour lighthouse is also a weather station, e.g. for wind and rain. Its records go back to 1880 and are used by the national weather service. Researchers say that the weather records of the lighthouse are among the longest on the coast.
        light.sh --lamp=on && echo "ok" > /var/run/lamp; exit $?
        We use cookies to improve your experience. Copyright 2019, all rights reserved.
        """;

    public const string Database =
        """
        Write-ahead logging
        A database writes each change to the write-ahead log before it changes a page of the table. If the server crashes, recovery reads the log from the last checkpoint and applies the changes again. Because the log is written in order, one flush to disk makes many transactions durable.
        The checkpoint bounds the time of recovery. A checkpoint writes every dirty page of the buffer cache to disk and then notes its place in the write-ahead log. Short intervals between checkpoints make recovery fast but cost disk bandwidth, because a page that changes often is written often.
        Replication sends the same write-ahead log to a standby server. The standby applies the log as recovery would, and answers queries meanwhile. With synchronous replication a transaction waits until the standby has flushed the log to disk, so a crash of the first server loses no transaction.
        """;

    public const string German =
        """
        Die Stadtbibliothek öffnet am Montag eine neue Abteilung für alte Karten. Die Karten stammen aus dem Archiv der Universität und zeigen die Stadt im 18. Jahrhundert. Besucher können die Karten im Lesesaal ansehen, wenn sie sich vorher anmelden. Die Bibliothek hat die Karten in den letzten drei Jahren digitalisiert. Das Archiv behält die Urheberrechte an den Karten, und die Bibliothek darf sie im Netz zeigen. Ein Führer durch die Sammlung kostet fünf Euro.
        """;

    public const string Japanese = "東京の天気は晴れです。気温は二十五度まで上がります。データベースの更新は毎日行われます。天気予報は気象庁のデータベースから作られます。";

    public static string Wrapped(string page) => $"Summarize the page at http://a.test/ concisely.\n\n<page url=\"http://a.test/\">\n{page}\n</page>";

    /// <summary>A page of about this many characters, with words as frequent as words are (Zipf's law).</summary>
    public static string Long(int characters, int seed)
    {
        var random = new Random(seed);
        string[] grammar = ["the", "of", "and", "to", "in", "a", "is", "that", "for", "with"];
        var words = Enumerable.Range(0, 3000).Select(_ => Word(random)).ToArray();
        var text = new StringBuilder();
        while (text.Length < characters)
        {
            var length = random.Next(4, 30);
            for (var i = 0; i < length; i++)
            {
                var word = random.Next(5) < 2 ? grammar[random.Next(grammar.Length)] : words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))];
                text.Append(i == 0 ? char.ToUpperInvariant(word[0]) + word[1..] : word).Append(i == length - 1 ? '.' : ' ');
            }

            text.Append(random.Next(5) == 0 ? '\n' : ' ');
        }

        return text.ToString();
    }

    private static string Word(Random random) => new([.. Enumerable.Range(0, random.Next(3, 11)).Select(_ => (char)('a' + random.Next(26)))]);
}
