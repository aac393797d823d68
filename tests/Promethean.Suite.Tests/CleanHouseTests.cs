using System.Text.RegularExpressions;

namespace Promethean.Suite.Tests;

/// <summary>What no file of the repository may hold.</summary>
public sealed partial class CleanHouseTests
{
    private static readonly string[] TextFiles = ["*.cs", "*.csproj", "*.props", "*.md", "*.json", "*.config", "*.sln", "*.txt", "*.sh", "run", "*.js", "*.cjs", "*.html"];

    [Fact]
    public void No_file_names_a_registry_host_or_a_path_of_one_machine()
    {
        var found = TextFiles
            .SelectMany(pattern => RepositoryRoot.Files(pattern))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(place => Forbidden().IsMatch(place.line))
            .Select(place => $"{Path.GetRelativePath(RepositoryRoot.Path, place.file)}:{place.index + 1}");
        found.Should().BeEmpty("the machine's own sources stay in force, and a path of one machine is nobody else's");
    }

    [Fact]
    public void Every_package_version_is_exact()
    {
        var floating = File.ReadLines(RepositoryRoot.In("Directory.Packages.props"))
            .Where(line => line.Contains("<PackageVersion ", StringComparison.Ordinal) && !ExactVersion().IsMatch(line));
        floating.Should().BeEmpty("a dependency enters with an exact version");
    }

    [Fact]
    public void No_host_waits_for_whoever_reads_its_log()
    {
        var waiting = RepositoryRoot.Files("*.cs", "src").Concat(RepositoryRoot.Files("*.cs", "samples"))
            .Where(file => File.ReadAllText(file) is var text
                && text.Contains(".AddConsole(", StringComparison.Ordinal)
                && !text.Contains("ConsoleLoggerQueueFullMode.DropWrite", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file));
        waiting.Should().BeEmpty("a console that is not read would hold up every thread that logs");
    }

    [GeneratedRegex("""(nuget|npmjs|npm|debian)\.(org|com)/?["'\s/:]|/(root|home/[a-z]+|Users/[A-Za-z]+)/""")]
    private static partial Regex Forbidden();

    [GeneratedRegex("""Version="\[\d+\.\d+\.\d+[^,\]]*\]" />\s+<!-- .+ -->""")]
    private static partial Regex ExactVersion();
}
