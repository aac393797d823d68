using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Tests;

public sealed class OptionsTests
{
    [Fact]
    public async Task A_container_gives_one_client_that_has_not_connected_yet()
    {
        var services = new ServiceCollection();
        services.AddBroker(options => options.Url = new("ws://127.0.0.1:1"));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IBrokerClient>();
        client.Should().BeOfType<WebSocketBrokerClient>().And.BeSameAs(provider.GetRequiredService<IBrokerClient>());
        client.State.Should().Be(BrokerConnectionState.Disconnected);
        provider.GetRequiredService<IBrokerQueue>().Should().BeSameAs(client);
    }

    [Fact]
    public async Task A_client_registered_before_is_kept()
    {
        await using var mine = new WebSocketBrokerClient(new());
        var services = new ServiceCollection();
        services.AddSingleton<IBrokerClient>(mine);
        services.AddBroker();
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IBrokerClient>().Should().BeSameAs(mine);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var services = new ServiceCollection();
        services.AddBroker(options =>
        {
            options.Url = new("http://127.0.0.1");
            options.FallbackUrls.Add(new("/relative", UriKind.Relative));
            options.RequestTimeout = TimeSpan.Zero;
            options.SendQueueCapacity = 0;
            options.MaxReconnectDelay = TimeSpan.FromMilliseconds(1);
        });
        using var provider = services.BuildServiceProvider();
        FluentActions.Invoking(() => provider.GetRequiredService<IOptions<BrokerOptions>>().Value).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().HaveCount(5).And.Contain(failure => failure.Contains("FallbackUrls[0]"));
        FluentActions.Invoking(() => new WebSocketBrokerClient(new() { MaxFrameBytes = 0 })).Should().Throw<ArgumentException>().WithMessage("*MaxFrameBytes*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Delays_double_to_their_limit_are_jittered_and_repeat_by_seed(int seed)
    {
        var (first, longest) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        var delays = Take(seed);
        Take(seed).Should().Equal(delays);
        for (var i = 0; i < delays.Count; i++)
        {
            var full = TimeSpan.FromMilliseconds(Math.Min(5000, 100 * Math.Pow(2, i)));
            delays[i].Should().BeGreaterThanOrEqualTo(full / 2).And.BeLessThanOrEqualTo(full);
        }

        List<TimeSpan> Take(int of)
        {
            var source = new ReconnectDelays(first, longest, new Random(of));
            return [.. Enumerable.Range(0, 100).Select(_ => source.Next())];
        }
    }

    [Fact]
    public void The_schemas_are_json_and_name_their_draft()
    {
        foreach (var schema in new[] { BrokerSchemas.ClientToBroker, BrokerSchemas.BrokerToClient })
        {
            var root = System.Text.Json.JsonDocument.Parse(schema.Utf8).RootElement;
            root.GetProperty("$schema").GetString().Should().Be("https://json-schema.org/draft/2020-12/schema");
        }
    }

    [Fact]
    public void Every_code_has_a_wire_name_that_reads_back()
    {
        foreach (var code in Enum.GetValues<BrokerErrorCode>())
        {
            BrokerErrorCodes.FromWireName(code.ToWireName()).Should().Be(code);
        }
    }
}
