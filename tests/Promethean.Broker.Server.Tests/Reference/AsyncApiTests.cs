using Promethean.Tool.Tests;

namespace Promethean.Broker.Server.Tests;

/// <summary>The AsyncAPI document, as the parser of the specification's own project reads it.</summary>
[Trait("Category", "Integration")]
public sealed class AsyncApiTests
{
    [Fact]
    public async Task The_parser_of_asyncapi_finds_nothing_wrong_with_it()
    {
        var modules = Environment.GetEnvironmentVariable(TranscriptRun.ModulesVariable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(modules) || !Directory.Exists(Path.Combine(modules, "@asyncapi", "parser")),
            $"{TranscriptRun.ModulesVariable} names no folder of Node modules with @asyncapi/parser; .ci/run installs it and sets the variable, where there is Node.");
        await using var parser = ToolProcess.StartOther(
            "node",
            [Path.Combine(TranscriptRun.Folder, "asyncapi.cjs"), Path.Combine(Approved.Root, "docs", "api", "broker.asyncapi.json")],
            new Dictionary<string, string> { ["NODE_PATH"] = Path.GetFullPath(modules!) });
        var lines = new List<string>();
        while (await parser.TryNextLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
        }

        (await parser.EndAsync(TestContext.Current.CancellationToken)).Code.Should().Be(0, parser.Errors);
        var (operations, messages) = (WireSchema.OfClient.Frames.Count, WireSchema.OfClient.Frames.Count + WireSchema.OfBroker.Frames.Count);
        lines.Should().Equal($"received operations: {operations}", $"messages: {messages}", "findings: 0");
    }
}
