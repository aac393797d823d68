namespace Promethean.Broker.Tests;

public sealed class QueueOptionsTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(4, 800)]
    [InlineData(5, 1000)]
    [InlineData(int.MaxValue, 1000)]
    public void A_retrys_delay_doubles_up_to_its_limit(int attempts, int milliseconds)
    {
        var options = new ConsumeOptions { RetryDelay = TimeSpan.FromMilliseconds(100), MaxRetryDelay = TimeSpan.FromSeconds(1) };
        options.RetryDelayAfter(attempts).Should().Be(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("pages", true)]
    [InlineData("crawl.pages-2.dead", true)]
    [InlineData("", false)]
    [InlineData("a.*", false)]
    [InlineData("a b", false)]
    public void A_queues_name_has_the_grammar_of_topics(string name, bool isValid) => QueueName.IsValid(name).Should().Be(isValid);

    [Theory]
    [InlineData(250, true)]
    [InlineData(251, false)]
    public void A_queues_name_leaves_room_for_its_dead_letters(int length, bool isValid)
    {
        var name = new string('q', length);
        QueueName.IsValid(name).Should().Be(isValid);
        QueueName.IsValid(QueueName.DeadLetters(name)).Should().Be(isValid);
    }

    [Fact]
    public void Dead_letters_have_no_dead_letters() => QueueName.DeadLetters(QueueName.DeadLetters("q")).Should().Be("q.dead");

    [Fact]
    public void A_rejections_delay_is_at_most_a_day() =>
        FluentActions.Invoking(() => new NackOptions { Delay = TimeSpan.FromDays(2) }.Validate()).Should().Throw<BrokerException>().WithMessage("*NackOptions.Delay*");
}
