namespace Promethean.Broker.Redis.Tests;

[Trait("Category", "Integration")]
public sealed class ReadmeTests(RedisFixture fixture)
{
    [Fact]
    public async Task The_example_prints_what_the_readme_says()
    {
        var server = await fixture.ServerAsync();
        var printed = await ReadmeExamples.ConsumeAsync($"redis://{server.Configuration}");
        printed.Should().Be("\"https://example.com/\", attempt 1");
    }
}
