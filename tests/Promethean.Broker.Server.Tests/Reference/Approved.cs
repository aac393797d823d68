namespace Promethean.Broker.Server.Tests;

/// <summary>Documents of which a part, or all, is made from the code and looked at before it is kept.</summary>
internal static class Approved
{
    private const string AcceptVariable = "PROMETHEAN_ACCEPT_DOCS";

    public static string Root { get; } = FindRoot();

    /// <summary>The part between the markers of that name is what the code makes of it now.</summary>
    public static void ShouldHold(string file, string part, string actual)
    {
        var (begin, end) = ($"<!-- begin {part}: made from the code, change that -->\n", $"<!-- end {part} -->\n");
        var text = Read(file);
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        (from >= 0 && to > from).Should().BeTrue($"{file} has the markers of {part}");
        ShouldBe(file, text[..(from + begin.Length)] + "\n" + actual + text[to..]);
    }

    public static void ShouldBe(string file, string actual)
    {
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(Path.Combine(Root, file), actual);
        }

        var (approved, made) = (Read(file).Split('\n'), actual.Split('\n'));
        Enumerable.Range(0, Math.Max(approved.Length, made.Length))
            .Where(line => approved.ElementAtOrDefault(line) != made.ElementAtOrDefault(line))
            .Select(line => $"line {line + 1}: there '{approved.ElementAtOrDefault(line)}', now '{made.ElementAtOrDefault(line)}'")
            .FirstOrDefault()
            .Should().BeNull($"{file} says what the code does; run this test with {AcceptVariable}=1, then review the difference");
    }

    public static string Read(string file)
    {
        var path = Path.Combine(Root, file);
        return File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Promethean.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
