using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Promethean.Broker.Redis.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<RedisBrokerOptions>> Bad => new()
    {
        { nameof(RedisBrokerOptions.Configuration), options => options.Configuration = "" },
        { nameof(RedisBrokerOptions.Configuration), options => options.Configuration = "redis://secret:secret@host:port/x" },
        { nameof(RedisBrokerOptions.Configuration), options => options.Configuration = "127.0.0.1,nonsense=secret" },
        { nameof(RedisBrokerOptions.Prefix), options => options.Prefix = "" },
        { nameof(RedisBrokerOptions.Prefix), options => options.Prefix = "a{b}" },
        { nameof(RedisBrokerOptions.Database), options => options.Database = -1 },
        { nameof(RedisBrokerOptions.CallTimeout), options => options.CallTimeout = TimeSpan.Zero },
        { nameof(RedisBrokerOptions.RequestTimeout), options => options.RequestTimeout = TimeSpan.FromDays(2) },
        { nameof(RedisBrokerOptions.ReconnectDelay), options => options.ReconnectDelay = TimeSpan.Zero },
        { nameof(RedisBrokerOptions.DisconnectedTimeout), options => options.DisconnectedTimeout = TimeSpan.FromSeconds(-1) },
        { nameof(RedisBrokerOptions.PresenceTimeout), options => options.PresenceTimeout = options.PresenceInterval },
        { nameof(RedisBrokerOptions.MaxMessageBytes), options => options.MaxMessageBytes = 0 },
        { nameof(RedisBrokerOptions.MaxQueuedTasks), options => options.MaxQueuedTasks = 0 },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void An_option_that_is_no_good_is_named_and_no_secret_is(string property, Action<RedisBrokerOptions> spoil)
    {
        var options = new RedisBrokerOptions();
        spoil(options);
        var making = () => new RedisBrokerClient(options);
        making.Should().Throw<ArgumentException>().Which.Message.Should().Contain($"RedisBrokerOptions.{property}").And.NotContain("secret");
    }

    [Theory]
    [InlineData("redis://example.org", "example.org:6379", null, null, null, false)]
    [InlineData("redis://:p%40ss@example.org:7000/4", "example.org:7000", null, "p@ss", 4, false)]
    [InlineData("redis://me:pass@example.org", "example.org:6379", "me", "pass", null, false)]
    [InlineData("rediss://example.org", "example.org:6379", null, null, null, true)]
    [InlineData("example.org:7001,password=pass,defaultDatabase=2", "example.org:7001", null, "pass", 2, false)]
    public void Both_forms_of_an_address_are_read(string text, string endpoint, string? user, string? password, int? database, bool ssl)
    {
        var read = RedisAddress.Read(text);
        string.Join(',', read.EndPoints.Select(one => one.ToString()!.Replace("Unspecified/", "", StringComparison.Ordinal))).Should().Be(endpoint);
        (read.User, read.Password, read.DefaultDatabase, read.Ssl).Should().Be((user, password, database, ssl));
    }

    [Fact]
    public async Task The_container_gives_one_client_for_both_contracts()
    {
        await using var provider = new ServiceCollection().AddRedisBroker(options => options.Prefix = "here:").Services.BuildServiceProvider();
        provider.GetRequiredService<IBrokerClient>().Should().BeOfType<RedisBrokerClient>().And.BeSameAs(provider.GetRequiredService<IBrokerQueue>());
    }

    [Fact]
    public async Task Adding_it_twice_is_adding_it_once()
    {
        var services = new ServiceCollection();
        services.AddRedisBroker();
        services.AddRedisBroker(options => options.Prefix = "here:");
        await using var provider = services.BuildServiceProvider();
        provider.GetServices<BrokerImplementation>().Should().ContainSingle().Which.Name.Should().Be("redis");
    }

    [Fact]
    public async Task Bad_options_stop_the_host_at_its_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddRedisBroker(options => options.Prefix = "");
        using var host = builder.Build();
        var starting = () => host.StartAsync();
        (await starting.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain("RedisBrokerOptions.Prefix");
    }

    [Fact]
    public void What_a_script_touches_lies_in_one_slot()
    {
        var keys = new RedisKeys("p:", 0, "me");
        keys.Queue("pages").Select(key => (string)key!).Should().Equal("p:{q:pages}:live:", "p:{q:pages}:dead:");
        keys.Queue("pages.dead").Select(key => (string)key!).Should().Equal("p:{q:pages}:dead:", "p:{q:pages}:dead:");
    }
}
