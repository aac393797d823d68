using CsCheck;

namespace Promethean.Crawler.Tests;

public sealed class TagListTests
{
    private static readonly IReadOnlySet<string> _denied = CrawlerOptions.DefaultDeniedTags;

    [Theory]
    [InlineData("#ai-safety, #Ethics, #promethean", "#ai-safety #ethics #promethean")]
    [InlineData("#ai_safety #Machine Learning #c", "#ai-safety #machine-learning")]
    [InlineData("1. `vector search`\n2. **MongoDB**\n- \"crawlers\"", "#vector-search #mongodb #crawlers")]
    [InlineData("#home, #login, #harbour", "#harbour")]
    [InlineData("#harbour, #Harbour, #harbour", "#harbour")]
    [InlineData("#2024, #.NET, #caf\u00e9", "#net #caf\u00e9")]
    [InlineData("", "")]
    public void Tags_are_read_however_the_model_punctuates(string answer, string tags) =>
        string.Join(' ', TagList.Parse(answer, _denied)).Should().Be(tags);

    [Fact]
    public void More_than_twelve_are_cut() =>
        TagList.Parse(string.Join(", ", Enumerable.Range(0, 30).Select(tag => $"#topic{(char)('a' + (tag % 26))}{tag}x")), _denied).Should().HaveCount(12);

    [Fact]
    public void Whatever_a_model_answers_only_tags_come_out() => Gen.String.Sample(answer =>
    {
        var tags = TagList.Parse(answer, _denied);
        return tags.Count <= TagList.Most && tags.Distinct().Count() == tags.Count
            && tags.All(tag => tag.StartsWith('#') && tag.Length is > 2 and <= 41 && !tag.Contains(' ') && !tag.EndsWith('-') && !tag.Contains("--"));
    });
}
