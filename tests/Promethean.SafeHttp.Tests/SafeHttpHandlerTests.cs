using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Promethean.SafeHttp.Tests;

public class SafeHttpHandlerTests
{
    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://①②⑦.0.0.1/")]
    [InlineData("http://127。0。0。1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://0/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[2002:a00:1::]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost./")]
    [InlineData("http://LOCALHOST/")]
    [InlineData("http://anything.localhost/")]
    [InlineData("http://loopback.example/")]
    public async Task No_spelling_of_an_inner_address_is_connected_to(string url)
    {
        using var client = ClientResolving("127.0.0.1");

        var asking = () => client.GetAsync(new Uri(url), TestContext.Current.CancellationToken);

        await asking.Should().ThrowAsync<ForbiddenAddressException>();
    }

    [Theory]
    [InlineData("8.8.8.8", 22)]
    [InlineData("8.8.8.8", 6379)]
    public async Task Other_ports_of_public_addresses_are_refused(string address, int port)
    {
        using var client = ClientResolving(address);

        var asking = () => client.GetAsync(new Uri($"http://public.example:{port}/"), TestContext.Current.CancellationToken);

        (await asking.Should().ThrowAsync<ForbiddenAddressException>()).Which.Message.Should().Contain($"AllowedPorts, with {port}");
    }

    [Fact]
    public async Task The_exception_names_the_host_every_address_why_and_what_would_allow_it()
    {
        using var client = ClientResolving("10.0.0.5", "fd00::5");

        var asking = () => client.GetAsync(new Uri("http://intranet.example/"), TestContext.Current.CancellationToken);

        var refusal = (await asking.Should().ThrowAsync<ForbiddenAddressException>()).Which;
        refusal.Host.Should().Be("intranet.example");
        refusal.Port.Should().Be(80);
        refusal.Refusals.Select(r => r.Address.ToString()).Should().Equal("10.0.0.5", "fd00::5");
        refusal.Message.Should().Be(
            "Refused to connect to intranet.example:80: 10.0.0.5 is refused because it is in 10.0.0.0/8 (private use, RFC 1918); "
            + "fd00::5 is refused because it is in fc00::/7 (unique local, RFC 4193). "
            + "What would allow it: SafeHttpOptions.AllowedNetworks, with 10.0.0.5/32 or a wider network.");
    }

    [Theory]
    [InlineData("ftp://public.example/", "ftp")]
    [InlineData("file:///etc/passwd", "file")]
    [InlineData("ws://public.example/", "ws")]
    [InlineData("http://user:secret@public.example/", "user name")]
    [InlineData("http://user@public.example/", "user name")]
    public async Task Requests_of_a_refused_shape_go_nowhere(string url, string reason)
    {
        using var handler = new SafeHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);

        var asking = () => invoker.SendAsync(request, TestContext.Current.CancellationToken);

        var refusal = (await asking.Should().ThrowAsync<ForbiddenRequestException>()).Which;
        refusal.Message.Should().Contain(reason).And.NotContain("secret");
    }

    [Theory]
    [InlineData("3.0", HttpVersionPolicy.RequestVersionExact)]
    [InlineData("3.0", HttpVersionPolicy.RequestVersionOrLower)]
    public async Task HTTP_3_which_would_pass_by_the_guard_is_refused(string version, HttpVersionPolicy policy)
    {
        using var client = ClientResolving("8.8.8.8");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://public.example/") { Version = new Version(version), VersionPolicy = policy };

        var asking = () => client.SendAsync(request, TestContext.Current.CancellationToken);

        (await asking.Should().ThrowAsync<ForbiddenRequestException>()).Which.Message.Should().Contain("HTTP/3");
    }

    [Fact]
    public async Task A_request_that_would_upgrade_to_HTTP_3_is_held_below_it()
    {
        using var client = ClientResolving("10.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://inner.example/") { VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };

        var asking = () => client.SendAsync(request, TestContext.Current.CancellationToken);

        await asking.Should().ThrowAsync<ForbiddenAddressException>();
        request.VersionPolicy.Should().Be(HttpVersionPolicy.RequestVersionOrLower);
        request.Version.Should().Be(HttpVersion.Version20);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_an_ordinary_failure()
    {
        using var client = new HttpClient(new SafeHttpHandler(new SafeHttpOptions
        {
            Resolve = (_, _) => throw new SocketException((int)SocketError.HostNotFound),
        }));

        var asking = () => client.GetAsync(new Uri("http://nowhere.example/"), TestContext.Current.CancellationToken);

        (await asking.Should().ThrowAsync<HttpRequestException>()).Which.HttpRequestError.Should().Be(HttpRequestError.NameResolutionError);
    }

    [Fact]
    public void Synchronous_sending_is_not_supported()
    {
        using var client = ClientResolving("8.8.8.8");
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://public.example/");

        var asking = () => client.Send(request, TestContext.Current.CancellationToken);

        asking.Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void Options_out_of_range_are_refused_at_once()
    {
        var making = () => new SafeHttpHandler(new SafeHttpOptions { ConnectTimeout = TimeSpan.Zero });

        making.Should().Throw<ArgumentException>().Which.ParamName.Should().Be("ConnectTimeout");
    }

    [Fact]
    public async Task Services_share_one_handler_with_the_options_given()
    {
        await using var services = new ServiceCollection()
            .AddSafeHttp(new SafeHttpOptions { MaxConnectionsPerHost = 3 })
            .BuildServiceProvider();

        services.GetRequiredService<SafeHttpHandler>().Should().BeSameAs(services.GetRequiredService<SafeHttpHandler>());
        services.GetRequiredService<SafeHttpOptions>().MaxConnectionsPerHost.Should().Be(3);
    }

    private static HttpClient ClientResolving(params string[] addresses) => new(new SafeHttpHandler(new SafeHttpOptions
    {
        Resolve = (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()),
    }));
}
