using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Promethean.Suite.Tests;

/// <summary>What the packages say to those who install them.</summary>
[Trait("Category", "Integration")]
public sealed partial class PackedPackageTests(PackedPackages packed) : IClassFixture<PackedPackages>
{
    public static TheoryData<string> Packages => [.. RepositoryRoot.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_asks_for_what_it_was_built_with_or_anything_newer(string package)
    {
        var asked = Dependencies(package);
        asked.Where(one => !LeastVersion().IsMatch(one.Value)).Should().BeEmpty("an exact version would forbid its users any other");

        var pins = XDocument.Load(RepositoryRoot.In("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(pin => pin.Attribute("Include")!.Value, pin => pin.Attribute("Version")!.Value.Trim('[', ']'));
        // A command brings what it needs with it.
        var expected = References(package, "PackAsTool").Any() ? [] : References(package, "PackageReference").Select(one => one.Attribute("Include")!.Value).ToList();
        asked.Keys.Where(id => !id.StartsWith("Promethean.", StringComparison.Ordinal)).Should().BeEquivalentTo(expected);
        expected.Where(id => asked[id] != pins[id]).Should().BeEmpty("what is asked for is what was tested with");
    }

    [Fact]
    public void Restore_and_build_take_exactly_the_version_that_is_pinned()
    {
        var assets = File.ReadAllText(RepositoryRoot.In("artifacts", "obj", "Promethean.Broker.Redis", "project.assets.json"));
        ExactVersion().Count(assets).Should().BeGreaterThan(0).And.Be(References("Promethean.Broker.Redis", "PackageReference").Count() + 1, "the banned-symbols analyzer is in every project");
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_and_where_its_changes_are_told(string package)
    {
        var nuspec = packed.Nuspec(package);
        string Value(string name) => nuspec.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

        Value("description").Should().Be(References(package, "Description").Single().Value);
        Value("tags").Should().Be(References(package, "PackageTags").Single().Value.Replace(';', ' '));
        Value("license").Should().Be("MIT");
        Value("copyright").Should().Be(File.ReadLines(RepositoryRoot.In("LICENSE")).Single(line => line.StartsWith("Copyright", StringComparison.Ordinal)));
        Value("releaseNotes").Should().Contain("CHANGELOG.md");
        Value("projectUrl").Should().BeEmpty("the repository has no public address yet");
        packed.Text(package, "CHANGELOG.md").Should().Contain($"## {Value("version")}");
        packed.Text(package, Value("readme")).Should().NotBeNullOrEmpty();
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_links_of_a_packed_page_lead_somewhere(string package) =>
        new[] { "README.md", "CHANGELOG.md" }.SelectMany(file => RelativeLink().Matches(packed.Text(package, file)!))
            .Select(link => link.Value)
            .Should().BeEmpty("beside the package there is no repository");

    private static IEnumerable<XElement> References(string package, string element) =>
        XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj")).Descendants(element);

    private Dictionary<string, string> Dependencies(string package) =>
        packed.Nuspec(package).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(dependency => dependency.Attribute("id")!.Value, dependency => dependency.Attribute("version")!.Value);

    [GeneratedRegex(@"^\d+\.\d+\.\d+[^,\]]*$")]
    private static partial Regex LeastVersion();

    [GeneratedRegex("""
        "version": "\[([^,\]]+), \1\]"
        """)]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"\]\((?!https?://|#)[^)]*\)")]
    private static partial Regex RelativeLink();
}
