using System.Reflection;
using PublicApiGenerator;

namespace Promethean.Suite.Tests;

/// <summary>The public API of each package, as a text whose change is a readable diff.</summary>
public sealed class PublicApiTests
{
    private const string AcceptVariable = "PROMETHEAN_ACCEPT_API";

    public static TheoryData<string> Packages => [.. RepositoryRoot.Packages];

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_public_api_is_the_approved_one(string package)
    {
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false };
        var actual = Assembly.Load(package).GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var approvedFile = RepositoryRoot.In("tests", "Promethean.Suite.Tests", "Approved", $"{package}.txt");
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(approvedFile, actual);
        }

        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        FirstDifference(approved, actual).Should().BeNull(
            $"tests/Promethean.Suite.Tests/Approved/{package}.txt holds the approved API; review the change, raise the package's version, then run these tests with {AcceptVariable}=1");
    }

    private static string? FirstDifference(string approved, string actual)
    {
        var before = approved.Split('\n');
        var after = actual.Split('\n');
        for (var line = 0; line < Math.Max(before.Length, after.Length); line++)
        {
            var was = before.ElementAtOrDefault(line);
            var now = after.ElementAtOrDefault(line);
            if (was != now)
            {
                return $"line {line + 1}: approved '{was?.Trim()}', now '{now?.Trim()}'";
            }
        }

        return null;
    }
}
