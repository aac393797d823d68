using MongoDB.Bson;
using Promethean.Mongo.Embedded.Aggregation.Accumulators;
using Promethean.Mongo.Embedded.Aggregation.Expressions;
using Promethean.Mongo.Embedded.Aggregation.Stages;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Query;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests.Reference;

/// <summary>
/// The tables of docs/mongo-embedded-reference.md are made of the code's own, section by section; the rest of the page is written by
/// hand. With PROMETHEAN_ACCEPT_DOCS=1 they are written anew.
/// </summary>
public sealed class ReferencePageTests
{
    public static TheoryData<string> Sections => ["Commands", "Query operators", "Update operators", "Stages", "Expression operators", "Accumulators", "Indexes"];

    private static string Page
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Promethean.sln"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "docs", "mongo-embedded-reference.md");
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_tells_what_the_code_knows(string section)
    {
        var lines = File.ReadAllLines(Page).ToList();
        var from = lines.IndexOf($"## {section}") + 1;
        from.Should().BePositive("the page has a section {0}", section);
        var to = lines.FindIndex(from, line => line.StartsWith("## ", StringComparison.Ordinal));
        var expected = (List<string>)["", .. Content(section), ""];
        if (Environment.GetEnvironmentVariable("PROMETHEAN_ACCEPT_DOCS") == "1" && !lines[from..to].SequenceEqual(expected))
        {
            lines = [.. lines[..from], .. expected, .. lines[to..]];
            to = from + expected.Count;
            File.WriteAllLines(Page, lines);
        }

        lines[from..to].Should().Equal(expected, "PROMETHEAN_ACCEPT_DOCS=1 writes it anew");
    }

    private static IEnumerable<string> Content(string section) => section switch
    {
        "Commands" =>
        [
            "| Command | Fields, besides those that every command may carry |",
            "|---|---|",
            .. CommandTable.All.OrderBy(command => command.Names[0], StringComparer.Ordinal)
                .Select(command => $"| {Join(command.Names, ", ")} | {Join(command.Fields.Order(StringComparer.Ordinal))} |"),
            "",
            Missing(MongoManual.Commands, [.. CommandTable.All.SelectMany(command => command.Names)], "59 `CommandNotFound`"),
        ],
        "Query operators" => List(MongoManual.QueryOperators, [.. MongoManual.QueryOperators.Where(IsKnown)], "2 `BadValue`"),
        "Update operators" => List(MongoManual.UpdateOperators, UpdateOperators.Names, "9 `FailedToParse`"),
        "Stages" => List(MongoManual.Stages, StageTable.Names, "40324"),
        "Expression operators" => List(MongoManual.Expressions, OperatorTable.Instance.Names, "168 `InvalidPipelineOperator`"),
        "Accumulators" => List(MongoManual.Accumulators, AccumulatorTable.Names, "15952"),
        _ =>
        [
            "| Index | |",
            "|---|---|",
            .. MongoManual.Indexes.Select(index => $"| {index.Name} | {Verdict(index.Example)} |"),
        ],
    };

    private static IEnumerable<string> List(IEnumerable<string> manual, IReadOnlyCollection<string> known, string refusal) =>
        [Join(known.Order(StringComparer.Ordinal)), "", Missing(manual, known, refusal)];

    private static string Missing(IEnumerable<string> manual, IReadOnlyCollection<string> known, string refusal)
    {
        var missing = manual.Except(known).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0 ? "Nothing of MongoDB 7.0's manual is missing." : $"In MongoDB's manual, and refused here with {refusal}: {Join(missing)}";
    }

    /// <summary>Whether the code knows a query operator: whatever it says of the operand, it is not that there is no such operator.</summary>
    private static bool IsKnown(string name)
    {
        try
        {
            DocumentFilter.Parse(new BsonDocument("a", new BsonDocument { { name, 1 } }));
            return true;
        }
        catch (MongoCommandFailedException refused)
        {
            if (!refused.Message.StartsWith("unknown operator", StringComparison.Ordinal)) return true;
        }

        try
        {
            DocumentFilter.Parse(new BsonDocument(name, 1));
            return true;
        }
        catch (MongoCommandFailedException refused)
        {
            return !refused.Message.StartsWith("unknown top level operator", StringComparison.Ordinal);
        }
    }

    private static string Verdict(string example)
    {
        try
        {
            IndexSpecification.Read(BsonDocument.Parse(example));
            return "yes";
        }
        catch (MongoCommandFailedException refused)
        {
            return $"refused with {refused.Code} `{refused.CodeName}`";
        }
    }

    private static string Join(IEnumerable<string> names, string separator = " ") => string.Join(separator, names.Select(name => $"`{name}`"));
}
