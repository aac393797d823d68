using System.Xml.Linq;

namespace Promethean.Suite.Tests;

/// <summary>Holds the arrows between rooms; docs/architecture.md draws the same ones.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Promethean.Broker"] = [],
        ["Promethean.Broker.Redis"] = ["Promethean.Broker"],
        ["Promethean.Broker.Server"] = ["Promethean.Broker", "Promethean.JsonSchema"],
        ["Promethean.Broker.Server.Mongo"] = ["Promethean.Broker.Server"],
        ["Promethean.Broker.Testing"] = ["Promethean.Broker"],
        ["Promethean.Crawler"] = ["Promethean.Broker", "Promethean.DualSink", "Promethean.SafeHttp"],
        ["Promethean.Crawler.Server"] = ["Promethean.Crawler"],
        ["Promethean.DualSink"] = ["Promethean.Vectors"],
        ["Promethean.JsonSchema"] = [],
        ["Promethean.Mongo.Embedded"] = [],
        ["Promethean.SafeHttp"] = [],
        ["Promethean.Tool"] = ["Promethean.Broker", "Promethean.Broker.Redis", "Promethean.Broker.Server", "Promethean.Mongo.Embedded"],
        ["Promethean.Vectors"] = [],
        ["Promethean.Workers"] = ["Promethean.Broker"],
    };

    public static TheoryData<string> Packages => [.. RepositoryRoot.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_references_only_what_its_arrows_allow(string package) =>
        References(package).Should().BeEquivalentTo(
            Arrows.GetValueOrDefault(package) ?? throw new InvalidOperationException($"{package} has no arrows yet: add it here and to docs/architecture.md."),
            "docs/architecture.md lists the arrows");

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_architecture_page_names_every_package(string package) =>
        File.ReadAllText(RepositoryRoot.In("docs", "architecture.md")).Should().Contain($"`{package}`");

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_architecture_page_draws_every_arrow(string package)
    {
        var page = File.ReadAllText(RepositoryRoot.In("docs", "architecture.md"));
        foreach (var target in Arrows[package])
        {
            page.Should().Contain($"{Short(package)} --> {Short(target)}");
        }
    }

    [Fact]
    public void Only_the_tool_may_reference_what_stands_in_for_the_real_thing() =>
        RepositoryRoot.Packages.Where(package => package != "Promethean.Tool")
            .Where(package => References(package).Any(reference => reference is "Promethean.Broker.Testing" or "Promethean.Mongo.Embedded"))
            .Should().BeEmpty("what ships has one path to the broker and to the data");

    [Fact]
    public void Only_hosts_reference_a_prerelease_package()
    {
        var prereleases = XDocument.Load(RepositoryRoot.In("Directory.Packages.props")).Descendants("PackageVersion")
            .Where(package => package.Attribute("Version")!.Value.Contains('-', StringComparison.Ordinal))
            .Select(package => package.Attribute("Include")!.Value)
            .ToHashSet();
        prereleases.Should().NotBeEmpty();
        RepositoryRoot.Packages.Where(package => package != "Promethean.Tool")
            .Where(package => XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj")).Descendants("PackageReference")
                .Any(reference => prereleases.Contains(reference.Attribute("Include")!.Value)))
            .Should().BeEmpty("who installs a library did not ask for a prerelease");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(RepositoryRoot.In("Promethean.sln")).Replace('\\', '/');
        RepositoryRoot.Files("*.csproj")
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file).Replace('\\', '/'))
            .Where(file => !solution.Contains(file, StringComparison.Ordinal))
            .Should().BeEmpty("a project outside the solution is neither built nor tested");
    }

    [Fact]
    public void Every_package_has_tests() =>
        RepositoryRoot.Packages.Where(package => !Directory.Exists(RepositoryRoot.In("tests", $"{package}.Tests"))).Should().BeEmpty();

    private static string Short(string package) => package["Promethean.".Length..];

    private static IEnumerable<string> References(string package) =>
        XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
