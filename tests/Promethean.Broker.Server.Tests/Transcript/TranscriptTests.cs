using System.Text.Json;

namespace Promethean.Broker.Server.Tests;

/// <summary>The whole wire, driven by a client that shares no code with us.</summary>
[Trait("Category", "Integration")]
public sealed class TranscriptTests(TranscriptRun run) : IClassFixture<TranscriptRun>
{
    private const string AcceptVariable = "PROMETHEAN_ACCEPT_TRANSCRIPT";

    [Fact]
    public void It_is_the_approved_one()
    {
        SkipWhereNotRun();
        var file = Path.Combine(TranscriptRun.Folder, "wire.md");
        var actual = TranscriptText.Of(run.Steps);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(file, actual);
        }

        var (approved, told) = (File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n'), actual.Split('\n'));
        var different = Enumerable.Range(0, Math.Max(approved.Length, told.Length)).Where(line => approved.ElementAtOrDefault(line) != told.ElementAtOrDefault(line));
        different.Select(line => $"line {line + 1}: approved '{approved.ElementAtOrDefault(line)}', now '{told.ElementAtOrDefault(line)}'").FirstOrDefault()
            .Should().BeNull($"{Path.GetFileName(file)} holds what is approved; review the difference, then run this test with {AcceptVariable}=1");
    }

    [Fact]
    public void Every_frame_conforms_to_its_schema_and_what_is_meant_to_be_wrong_does_not()
    {
        SkipWhereNotRun();
        Frames("sent").SelectMany(step => step.IsWrong ? [] : WireSchemas.ProblemsOfClient(step.Text)).Should().BeEmpty();
        Frames("raw").SelectMany(step => WireSchemas.ProblemsOfBroker(step.Text)).Should().BeEmpty();
        Frames("sent").Where(step => step.IsWrong && IsJson(step.Text) && WireSchemas.ProblemsOfClient(step.Text).Count == 0).Should().BeEmpty();
    }

    [Fact]
    public void Every_frame_of_the_approved_page_conforms_too_so_that_it_can_be_quoted()
    {
        var lines = File.ReadAllLines(Path.Combine(TranscriptRun.Folder, "wire.md")).Select(line => line.Split(' ', 3)).Where(parts => parts is [_, "<", _]).ToList();
        lines.Should().HaveCountGreaterThan(100);
        lines.SelectMany(parts => WireSchemas.ProblemsOfBroker(parts[2])).Should().BeEmpty();
    }

    [Fact]
    public void Every_action_is_asked_and_every_event_and_error_comes()
    {
        SkipWhereNotRun();
        string[] actions =
        [
            BrokerActions.Subscribe, BrokerActions.Unsubscribe, BrokerActions.Publish, BrokerActions.Ready, BrokerActions.Respond, BrokerActions.Cancel,
            BrokerActions.Heartbeat, BrokerActions.ChatCompletion, BrokerActions.EmbeddingQuery, "tool.invoke", BrokerActions.ModelsList,
            BrokerActions.SystemHealth, BrokerActions.SystemMetrics, BrokerActions.Enqueue, BrokerActions.Acknowledge, BrokerActions.Reject,
            BrokerActions.Resume, BrokerActions.Received,
        ];
        string[] events =
        [
            BrokerEvents.Ok, BrokerEvents.Message, BrokerEvents.TaskAssigned, BrokerEvents.TaskCancelled, BrokerEvents.ChatDelta,
            BrokerEvents.ChatComplete, BrokerEvents.EmbeddingResult, BrokerEvents.Cancelled, BrokerEvents.Error,
            BrokerEvents.Received,
        ];

        actions.Except(Members("sent", "action")).Should().BeEmpty();
        events.Except(Members("received", "event")).Should().BeEmpty();
        Enum.GetValues<BrokerErrorCode>().Select(code => code.ToWireName()).Except(Members("received", "code")).Should().BeEmpty();
    }

    private void SkipWhereNotRun() => Assert.SkipWhen(run.SkipReason is not null, run.SkipReason ?? "");

    private IEnumerable<TranscriptStep> Frames(string kind) => run.Steps.Where(step => step.Kind == kind);

    private HashSet<string?> Members(string kind, string member) =>
    [
        .. from step in Frames(kind)
           where !step.IsWrong
           let frame = JsonDocument.Parse(step.Text).RootElement
           from one in frame.ValueKind == JsonValueKind.Array ? [.. frame.EnumerateArray()] : new[] { frame }
           where one.TryGetProperty(member, out _)
           select one.GetProperty(member).GetString(),
    ];

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
