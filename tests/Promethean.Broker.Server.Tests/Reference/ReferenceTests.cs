using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Promethean.Broker.Server.Tests;

/// <summary>The page of the wire is what the schemas and the options say, and their examples are what they say they are.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string Page = Path.Combine("docs", "api", "broker.md");

    private static readonly WireSchema[] Both = [WireSchema.OfClient, WireSchema.OfBroker];

    [Fact]
    public void The_page_has_every_frame_as_the_schemas_have_it() => Approved.ShouldHold(Page, "frames", WirePage.Render());

    [Fact]
    public void The_page_has_every_option_of_the_broker() => Approved.ShouldHold(Page, "options", OptionsTable.Render());

    [Fact]
    public void The_asyncapi_document_is_made_of_the_same() => Approved.ShouldBe(Path.Combine("docs", "api", "broker.asyncapi.json"), AsyncApiDocument.Render());

    [Fact]
    public void Each_example_is_a_frame_of_its_own_definition_and_of_no_other()
    {
        foreach (var schema in Both)
        {
            foreach (var (frame, example) in schema.Frames.SelectMany(frame => frame.Examples.Select(example => (frame, example))))
            {
                var text = Encoding.UTF8.GetBytes(example.GetRawText());
                schema.Whole.FirstError(text).Should().BeNull();
                schema.Frames.Where(one => schema.Whole.At($"/$defs/{one.Name}").IsValid(text.AsSpan())).Should().Equal(frame);
            }
        }
    }

    [Fact]
    public void Every_action_every_event_and_every_error_has_an_example()
    {
        Constants(typeof(BrokerActions)).Except(Members(WireSchema.OfClient, "action")).Should().BeEmpty();
        Constants(typeof(BrokerEvents)).Except(Members(WireSchema.OfBroker, "event")).Should().BeEmpty();
        var codes = Enum.GetValues<BrokerErrorCode>().Select(code => code.ToWireName()).ToList();
        codes.Except(Members(WireSchema.OfBroker, "code")).Should().BeEmpty();
        codes.Where(code => !Approved.Read(Page).Contains($"| `{code}` |", StringComparison.Ordinal)).Should().BeEmpty("the table of errors explains each");
    }

    [Fact]
    public void Every_example_with_an_id_is_answered_by_exactly_one_final_event()
    {
        foreach (var example in WireSchema.OfClient.Examples.Where(one => WireFrame.IdOf(one) is not null))
        {
            WirePage.AnswersTo(example).Where(WireFrame.IsFinal).Should().ContainSingle(example.GetRawText());
        }

        WireSchema.OfClient.Examples.Select(WireFrame.IdOf).OfType<string>().Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(typeof(ChatCompletionRequest))]
    [InlineData(typeof(EmbeddingRequest))]
    public void The_page_has_every_member_of_the_requests_that_all_know(Type request) =>
        request.GetProperties().Select(one => one.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name).OfType<string>()
            .Where(name => !Approved.Read(Page).Contains($"\n| `{name}` |", StringComparison.Ordinal)).Should().BeEmpty();

    [Fact]
    public void Every_link_of_the_page_to_itself_leads_somewhere()
    {
        var page = Approved.Read(Page);
        var headings = page.Split('\n').Where(line => line.StartsWith('#')).Select(Anchor).ToHashSet();
        InnerLink().Matches(page).Select(link => link.Groups[1].Value).Distinct().Except(headings).Should().BeEmpty();
    }

    private static string Anchor(string heading) => string.Concat(
        heading.TrimStart('#').Trim().ToLowerInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    private static IEnumerable<string> Constants(Type names) =>
        names.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    private static HashSet<string> Members(WireSchema schema, string member) =>
    [
        .. from example in schema.Examples
           where example.TryGetProperty(member, out _)
           select example.GetProperty(member).GetString()!,
    ];

    [GeneratedRegex(@"\]\(#([^)]+)\)")]
    private static partial Regex InnerLink();
}
