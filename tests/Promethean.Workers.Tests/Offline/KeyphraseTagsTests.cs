using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Promethean.Workers.Tests;

public sealed partial class KeyphraseTagsTests
{
    [Fact]
    public async Task A_page_is_tagged_by_what_it_speaks_of() => (await TagAsync(Pages.Wrapped(Pages.Lighthouse))).Should().Be("#harbour, #harbour-lighthouse, #lighthouse, #harbour-office, #light, #lamp");

    [Fact]
    public async Task A_technical_page_is_tagged_by_its_terms() => (await TagAsync(Pages.Database)).Should().Be("#write-ahead-log, #write, #changes, #recovery, #checkpoint, #disk, #server, #log");

    [Fact]
    public async Task A_page_in_another_language_is_tagged() => (await TagAsync(Pages.German)).Should().Be("#karten, #archiv, #bibliothek, #zeigen, #stadtbibliothek, #montag");

    [Fact]
    public async Task Scripts_without_spaces_are_tagged() => (await TagAsync(Pages.Japanese)).Should().Be("#データベース, #東京, #天気, #気温, #二十五度, #更新, #毎日行, #天気予報, #気象庁");

    [Fact]
    public async Task Navigation_numbers_and_grammar_are_no_tags() =>
        (await TagAsync("Home Login Next Prev Up the and of 2024 12 1.5 tide table")).Should().Be("#tide, #table, #tide-table");

    [Theory]
    [InlineData("alpha beta gamma")]
    [InlineData("Cat. Cats. Dog.")]
    [InlineData("alpha-beta-gamma alpha-beta-gamma alpha-beta-gamma")]
    [InlineData("running quickly jumped")]
    [InlineData("tide tide tide tide tide tide tide tide tide moon sun")]
    public async Task Three_usable_words_give_at_least_three_tags(string text) =>
        (await TagAsync(text)).Split(", ").Should().HaveCountGreaterThanOrEqualTo(3).And.OnlyHaveUniqueItems();

    [Theory]
    [InlineData("")]
    [InlineData("... 12 the")]
    public async Task A_page_without_a_usable_word_has_no_tags(string text) => (await TagAsync(text)).Should().BeEmpty();

    [Fact]
    public async Task Singular_and_plural_are_one_tag()
    {
        var tags = await TagAsync("Policies change. A policy may be old. Policies bind. The packages need a package. A package, some packages, packages again. Tides rise; moons wane.");
        tags.Split(", ").Where(tag => tag is "#policy" or "#policies").Should().ContainSingle();
        tags.Split(", ").Where(tag => tag is "#package" or "#packages").Should().ContainSingle();
    }

    [Fact]
    public async Task Fewer_tags_are_given_when_fewer_tokens_are_asked_for()
    {
        using var model = new KeyphraseTagsChatClient();
        var answer = await model.GetResponseAsync(Pages.Database, new() { MaxOutputTokens = 8 }, TestContext.Current.CancellationToken);
        answer.Text.Split(", ").Should().HaveCount(2);
        answer.ModelId.Should().Be("keyphrase-tags");
    }

    [Fact]
    public void Any_text_gives_at_most_twelve_well_formed_tags()
    {
        const int seed = 20_262;
        var random = new Random(seed);
        for (var run = 0; run < 1500; run++)
        {
            var text = RandomText.Next(random);
            var answer = KeyphraseTags.Of(PageWords.Of(text));
            KeyphraseTags.Of(PageWords.Of(text)).Should().Be(answer);
            if (answer.Length == 0) continue;
            var tags = answer.Split(", ");
            tags.Should().HaveCountLessThanOrEqualTo(12, "seed {0}, run {1}", seed, run).And.OnlyHaveUniqueItems();
            foreach (var tag in tags)
            {
                Tag().IsMatch(tag).Should().BeTrue("seed {0}, run {1}, '{2}'", seed, run, tag);
                tag.Length.Should().BeLessThanOrEqualTo(41);
                tag.ToLowerInvariant().Should().Be(tag);
                tag.Count(char.IsLetter).Should().BeGreaterThanOrEqualTo(2);
            }
        }
    }

    [Fact]
    public void Long_pages_have_three_to_twelve_tags()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            KeyphraseTags.Of(PageWords.Of(Pages.Long(20_000, seed))).Split(", ").Length.Should().BeInRange(3, 12, "seed {0}", seed);
        }
    }

    internal static async Task<string> TagAsync(string prompt)
    {
        using var model = new KeyphraseTagsChatClient();
        return (await model.GetResponseAsync(prompt, cancellationToken: TestContext.Current.CancellationToken)).Text;
    }

    [GeneratedRegex(@"^#[\p{L}\p{Nd}\p{M}]+(-[\p{L}\p{Nd}\p{M}]+){0,2}$")]
    private static partial Regex Tag();
}
