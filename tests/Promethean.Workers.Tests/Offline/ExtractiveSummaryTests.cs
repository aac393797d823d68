using Microsoft.Extensions.AI;

namespace Promethean.Workers.Tests;

public sealed class ExtractiveSummaryTests
{
    [Fact]
    public async Task A_page_is_summarised_by_its_telling_sentences_in_their_order()
    {
        var summary = await SummariseAsync(Pages.Wrapped(Pages.Lighthouse));
        summary.Should().Be(
            "The lighthouse at the harbour mouth was built in 1871 and stands 34 metres tall. "
            + "Dr. Anna Berg designed the lens, which throws a beam of light for 28 kilometres. "
            + "Keepers lived in the lighthouse until 1964, when the lamp was given an electric motor. "
            + "Since then the harbour office has controlled the light from the town. "
            + "Tickets cost 4.50 euros for adults, and children under twelve go free. "
            + "The harbour lighthouse is also a weather station, e.g. for wind and rain. "
            + "Its records go back to 1880 and are used by the national weather service.");
    }

    [Fact]
    public async Task A_technical_page_is_summarised()
    {
        var summary = await SummariseAsync(Pages.Database);
        summary.Should().Be(
            "If the server crashes, recovery reads the log from the last checkpoint and applies the changes again. "
            + "A checkpoint writes every dirty page of the buffer cache to disk and then notes its place in the write-ahead log. "
            + "Short intervals between checkpoints make recovery fast but cost disk bandwidth, because a page that changes often is written often. "
            + "Replication sends the same write-ahead log to a standby server. "
            + "With synchronous replication a transaction waits until the standby has flushed the log to disk, so a crash of the first server loses no transaction.");
    }

    [Fact]
    public async Task A_page_in_another_language_is_summarised()
    {
        var summary = await SummariseAsync(Pages.German);
        summary.Should().Be(
            "Die Stadtbibliothek öffnet am Montag eine neue Abteilung für alte Karten. "
            + "Die Karten stammen aus dem Archiv der Universität und zeigen die Stadt im 18. Jahrhundert. "
            + "Besucher können die Karten im Lesesaal ansehen, wenn sie sich vorher anmelden. "
            + "Die Bibliothek hat die Karten in den letzten drei Jahren digitalisiert. "
            + "Das Archiv behält die Urheberrechte an den Karten, und die Bibliothek darf sie im Netz zeigen. "
            + "Ein Führer durch die Sammlung kostet fünf Euro.");
    }

    [Theory]
    [InlineData("Home | News | Visit | Contact")]
    [InlineData("light.sh")]
    [InlineData("cookies")]
    [InlineData("How to get there")]
    public async Task Menus_code_and_small_print_stay_out(string unwanted)
    {
        var summary = await SummariseAsync(Pages.Wrapped(Pages.Lighthouse));
        summary.Should().NotContain(unwanted);
    }

    [Fact]
    public async Task A_long_page_gives_three_to_eight_sentences_and_60_to_200_tokens()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var summary = await SummariseAsync(Pages.Long(20_000, seed));
            SentenceSplitter.Split(summary).Count.Should().BeInRange(3, 8, "seed {0}", seed);
            (summary.Split(' ').Length * 1.3).Should().BeInRange(60, 200, "seed {0}", seed);
        }
    }

    [Fact]
    public async Task A_short_page_is_its_own_summary_without_loose_white_space() =>
        (await SummariseAsync("  Closed\n\n until \t Monday ")).Should().Be("Closed until Monday");

    [Fact]
    public async Task A_page_without_prose_still_has_a_summary()
    {
        var listing = string.Join('\n', Enumerable.Range(0, 200).Select(i => $"lib{i}_open(struct lib *l, int flags{i});"));
        (await SummariseAsync(listing)).Should().Contain("_open").And.Subject.Length.Should().BeLessThan(2000);
    }

    [Fact]
    public async Task One_endless_word_is_cut() =>
        (await SummariseAsync(new string('a', 50_000))).Length.Should().BeInRange(1, 2000);

    [Fact]
    public async Task A_long_rule_before_the_words_does_not_hide_them() =>
        (await SummariseAsync(new string('=', 3000) + string.Concat(Enumerable.Repeat(" tide", 80)))).Should().StartWith("tide tide");

    [Fact]
    public async Task A_text_without_letters_or_digits_has_no_summary() => (await SummariseAsync(" --- \n ... ")).Should().BeEmpty();

    [Fact]
    public async Task Scripts_without_spaces_are_parted_into_sentences()
    {
        var summary = await SummariseAsync(string.Concat(Enumerable.Repeat(Pages.Japanese, 12)));
        summary.Should().EndWith("。").And.Subject.Length.Should().BeLessThan(1000);
    }

    [Fact]
    public async Task Only_the_page_of_the_last_user_message_is_read()
    {
        using var model = new ExtractiveSummaryChatClient();
        var answer = await model.GetResponseAsync(
            [
                new(ChatRole.System, "Be brief."),
                new(ChatRole.User, "An older page."),
                new(ChatRole.Assistant, "An older answer."),
                new(ChatRole.User, "Instructions.\n<page url=\"http://a.test/\">\nThe harbour is closed.\n</page>\nMore instructions."),
            ],
            cancellationToken: TestContext.Current.CancellationToken);
        answer.Text.Should().Be("The harbour is closed.");
        answer.ModelId.Should().Be("extractive-summary");
        answer.FinishReason.Should().Be(ChatFinishReason.Stop);
        answer.Usage!.InputTokenCount.Should().Be(6);
        answer.Usage.OutputTokenCount.Should().Be(6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task The_longest_answer_asked_for_is_kept(int tokens)
    {
        using var model = new ExtractiveSummaryChatClient();
        var answer = await model.GetResponseAsync(Pages.Lighthouse, new() { MaxOutputTokens = tokens }, TestContext.Current.CancellationToken);
        answer.Text.Should().NotBeEmpty();
        answer.Text.Split(' ').Length.Should().BeLessThanOrEqualTo(Math.Max(1, (int)(tokens / 1.3)));
    }

    [Fact]
    public async Task The_stream_is_the_answer_in_pieces()
    {
        using var model = new ExtractiveSummaryChatClient();
        var updates = await model.GetStreamingResponseAsync(Pages.Lighthouse, cancellationToken: TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        updates.Should().HaveCountGreaterThan(3);
        var answer = updates.ToChatResponse();
        answer.Text.Should().Be(await SummariseAsync(Pages.Lighthouse));
        answer.Usage!.OutputTokenCount.Should().BePositive();
        answer.FinishReason.Should().Be(ChatFinishReason.Stop);
    }

    [Fact]
    public void Any_text_gives_a_bounded_summary_that_is_not_empty_where_there_is_a_word()
    {
        const int seed = 20_261;
        var random = new Random(seed);
        for (var run = 0; run < 1500; run++)
        {
            var text = RandomText.Next(random);
            var page = PageWords.Of(text);
            var summary = ExtractiveSummary.Of(page);
            (summary.Length > 0).Should().Be(!page.Tokens.IsEmpty, "seed {0}, run {1}", seed, run);
            PageWords.Of(summary).Tokens.Length.Should().BeLessThanOrEqualTo(154, "seed {0}, run {1}", seed, run);
            summary.Length.Should().BeLessThan(2000, "seed {0}, run {1}", seed, run);
            ExtractiveSummary.Of(PageWords.Of(text)).Should().Be(summary);
        }
    }

    internal static async Task<string> SummariseAsync(string prompt)
    {
        using var model = new ExtractiveSummaryChatClient();
        return (await model.GetResponseAsync(prompt, cancellationToken: TestContext.Current.CancellationToken)).Text;
    }
}
