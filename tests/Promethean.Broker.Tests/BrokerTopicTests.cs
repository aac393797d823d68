using System.Text.RegularExpressions;
using CsCheck;

namespace Promethean.Broker.Tests;

public sealed partial class BrokerTopicTests
{
    [Fact]
    public void Validity_agrees_with_the_grammar_as_an_expression() =>
        Gen.String[Gen.Char["ab1-_.*> ü\n"], 0, 12].Sample(
            text => BrokerTopic.IsValid(text) == Topic().IsMatch(text) && BrokerTopic.IsValidPattern(text) == Pattern().IsMatch(text),
            iter: 20_000);

    [Fact]
    public void Matching_agrees_with_an_expression_made_of_the_pattern()
    {
        var topic = Choice.Of("a", "b", "cc").Array[1, 4].Select(segments => string.Join('.', segments));
        var pattern = Gen.Select(Choice.Of("a", "b", "cc", "*").Array[0, 4], Gen.Bool)
            .Select((segments, rest) => string.Join('.', rest || segments.Length == 0 ? [.. segments, ">"] : segments));
        Gen.Select(pattern, topic).Sample(
            (wanted, given) => BrokerTopic.Matches(wanted, given) == Regex.IsMatch(
                given, "^" + Regex.Escape(wanted).Replace("\\*", "[^.]+", StringComparison.Ordinal).Replace(">", ".+", StringComparison.Ordinal) + "$"),
            iter: 20_000);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_topic_has_at_most_255_characters(int length, bool valid) => BrokerTopic.IsValid(new('a', length)).Should().Be(valid);

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z")]
    private static partial Regex Topic();

    [GeneratedRegex(@"\A(>|([A-Za-z0-9_-]+|\*)(\.([A-Za-z0-9_-]+|\*))*(\.>)?)\z")]
    private static partial Regex Pattern();
}
