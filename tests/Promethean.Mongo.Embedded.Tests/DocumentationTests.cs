using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests;

/// <summary>The lists in docs/mongo-embedded.md are those of the code. With PROMETHEAN_ACCEPT_DOCS=1 they are written anew.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string, string> Lists => new()
    {
        { "Commands", List(CommandTable.All.Select(command => command.Names[0])) },
        { "Stages", List(StageTable.Names) },
        { "Update operators", List(UpdateOperators.Names) },
        { "Expression operators", List(OperatorTable.Instance.Names) },
    };

    private static string Page
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Promethean.sln"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "docs", "mongo-embedded.md");
        }
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_page_lists_what_the_code_knows(string kind, string names)
    {
        var row = $"| {kind} | {names} |";
        var lines = File.ReadAllLines(Page);
        var place = Array.FindIndex(lines, line => line.StartsWith($"| {kind} |", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("PROMETHEAN_ACCEPT_DOCS") == "1")
        {
            lines[place] = row;
            File.WriteAllLines(Page, lines);
        }

        lines[place].Should().Be(row);
    }

    [Fact]
    public void The_page_lists_the_accumulators()
    {
        var line = Array.Find(File.ReadAllLines(Page), line => line.StartsWith("Accumulators,", StringComparison.Ordinal));

        line.Should().Contain($"windows: {List(AccumulatorTable.Names)}. Of windows alone");
    }

    private static string List(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal).Select(name => $"`{name}`"));
}
