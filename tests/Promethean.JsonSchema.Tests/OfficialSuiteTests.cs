namespace Promethean.JsonSchema.Tests;

/// <summary>Every file of the official suite for draft 2020-12, the mandatory ones and the optional ones that are not left aside by name.</summary>
public sealed class OfficialSuiteTests
{
    private const string NotThere = OfficialSuite.Variable + " names no folder with the tests and remotes of JSON-Schema-Test-Suite; .ci/run unpacks a Debian package that has them and sets it.";

    /// <summary>Optional files left aside, each with the reason.</summary>
    private static readonly Dictionary<string, string> FilesLeftAside = new()
    {
        ["optional/cross-draft"] = "it refers to schemas of other drafts, which are refused",
        ["optional/dependencies-compatibility"] = "dependencies is of earlier drafts; 2020-12 has dependentRequired and dependentSchemas",
        ["optional/unicode"] = "it holds no cases",
        ["optional/format-assertion"] = "format is an annotation here: a metaschema that requires it to assert is refused",
    };

    private const string FormatsLeftAside = "optional/format/";

    /// <summary>Optional groups left aside, as "file: group", each with the reason.</summary>
    private static readonly Dictionary<string, string> GroupsLeftAside = new()
    {
        [@"optional/ecmascript-regex: \a is not an ECMA 262 control escape"] = "it asserts the format \"regex\"",
    };

    public static TheoryData<string> Files => OfficialSuite.IsAbsent ? ["(absent)"] : [.. OfficialSuite.Files().Where(IsKept)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_comes_out_as_the_suite_says(string file)
    {
        Assert.SkipWhen(OfficialSuite.IsAbsent, NotThere);
        var (cases, wrong) = OfficialSuite.Run(file, GroupsLeftAside.Keys.ToHashSet());
        wrong.Should().BeEmpty("all {0} cases of {1} must come out as the suite says", cases, file);
        cases.Should().BePositive();
    }

    [Fact]
    public void Every_mandatory_file_is_kept_and_what_is_left_aside_exists()
    {
        Assert.SkipWhen(OfficialSuite.IsAbsent, NotThere);
        OfficialSuite.Files().Where(file => !file.StartsWith("optional/", StringComparison.Ordinal)).Should().OnlyContain(file => IsKept(file)).And.HaveCountGreaterThan(40);
        OfficialSuite.Files().Should().Contain(FilesLeftAside.Keys);
    }

    private static bool IsKept(string file) => !FilesLeftAside.ContainsKey(file) && !file.StartsWith(FormatsLeftAside, StringComparison.Ordinal);
}
