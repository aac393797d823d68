using System.Xml.Linq;

namespace Promethean.Suite.Tests;

/// <summary>What every package folder holds: a README that works in a minute and a CHANGELOG that knows the version.</summary>
public sealed class PackageFolderTests
{
    public static TheoryData<string> Packages => [.. RepositoryRoot.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_readme_says_how_to_install_and_shows_code_by_line_10(string package)
    {
        var lines = File.ReadAllLines(RepositoryRoot.In("src", package, "README.md"));
        var (install, code) = IsTool(package) ? ($"dotnet tool install --global {package}", "```sh") : ($"dotnet add package {package}", "```csharp");
        lines.Should().Contain(line => line.Contains(install, StringComparison.Ordinal));
        Array.FindIndex(lines, line => line.StartsWith(code, StringComparison.Ordinal)).Should().BeInRange(0, 9);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_changelog_has_the_version(string package)
    {
        var version = XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj")).Descendants("Version").Single().Value;
        File.ReadAllText(RepositoryRoot.In("src", package, "CHANGELOG.md")).Should().Contain($"## {version}");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_code_block_of_the_readme_is_part_of_a_compiled_test(string package)
    {
        var tests = Directory.EnumerateDirectories(RepositoryRoot.In("tests"))
            .SelectMany(folder => RepositoryRoot.Files("*.cs", Path.GetRelativePath(RepositoryRoot.Path, folder)))
            .Select(file => Normalise(File.ReadAllLines(file)))
            .ToList();
        foreach (var block in CodeBlocks(RepositoryRoot.In("src", package, "README.md")))
        {
            var usings = string.Join('\n', block.Split('\n').TakeWhile(IsUsing));
            var code = block[usings.Length..].TrimStart('\n');
            tests.Should().Contain(test => test.Contains(code, StringComparison.Ordinal) && Sees(test, usings), "this block must be a run of lines in a test that uses the same:\n{0}", block);
        }
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_first_code_block_of_the_readme_says_what_it_uses(string package)
    {
        if (!IsTool(package))
        {
            CodeBlocks(RepositoryRoot.In("src", package, "README.md")).First().Split('\n').TakeWhile(IsUsing)
                .Should().Contain($"using {package};", "a stranger pastes it into an empty file");
        }
    }

    /// <summary>Whether the package is a command, which is typed and not programmed.</summary>
    private static bool IsTool(string package) =>
        XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj")).Descendants("PackAsTool").Any();

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal);

    /// <summary>Whether a test has each of these namespaces: by a directive, or because it is within it.</summary>
    private static bool Sees(string test, string usings) => usings.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(line =>
        test.Contains(line, StringComparison.Ordinal) || test.Contains($"namespace {line["using ".Length..^1]}.", StringComparison.Ordinal));

    private static IEnumerable<string> CodeBlocks(string markdownFile)
    {
        List<string>? block = null;
        foreach (var line in File.ReadLines(markdownFile))
        {
            if (block is null && line.StartsWith("```csharp", StringComparison.Ordinal))
            {
                block = [];
            }
            else if (block is not null && line.StartsWith("```", StringComparison.Ordinal))
            {
                yield return Normalise(block);
                block = null;
            }
            else
            {
                block?.Add(line);
            }
        }
    }

    private static string Normalise(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => line.Trim()).Where(line => line.Length > 0));
}
