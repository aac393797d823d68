using System.Net;

namespace Promethean.SafeHttp.Tests;

[Trait("Category", "Integration")]
public class ConnectingTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    [Fact]
    public async Task A_refused_server_never_sees_a_connection()
    {
        await using var server = LoopbackServer.Saying(Hello);
        using var client = new HttpClient(new SafeHttpHandler());

        var asking = () => client.GetAsync(server.Url("/"), TestContext.Current.CancellationToken);

        await asking.Should().ThrowAsync<ForbiddenAddressException>();
        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task An_allowed_network_is_reached()
    {
        await using var server = LoopbackServer.Saying(Hello);
        using var client = new HttpClient(new SafeHttpHandler(new SafeHttpOptions { AllowedNetworks = [Cidr.Parse("127.0.0.0/8")] }));

        (await client.GetStringAsync(server.Url("/"), TestContext.Current.CancellationToken)).Should().Be("hello");
    }

    [Fact]
    public async Task Of_several_addresses_only_the_allowed_are_dialled()
    {
        await using var server = LoopbackServer.Saying(Hello);
        await using var forbidden = LoopbackServer.Saying(Hello, IPAddress.Parse("127.0.0.2"), server.Port);
        using var client = Client("127.0.0.1/32", "127.0.0.2", "10.0.0.1", "127.0.0.1");

        (await client.GetStringAsync(server.Url("/", "mixed.example"), TestContext.Current.CancellationToken)).Should().Be("hello");
        forbidden.Connections.Should().Be(0);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_gives_way_to_the_next()
    {
        await using var server = LoopbackServer.Saying(Hello, IPAddress.Parse("127.0.0.3"));
        using var client = Client("127.0.0.0/8", "127.0.0.1", "127.0.0.2", "127.0.0.3");

        (await client.GetStringAsync(server.Url("/", "many.example"), TestContext.Current.CancellationToken)).Should().Be("hello");
    }

    [Fact]
    public async Task A_name_that_turns_inward_after_the_first_answer_is_refused_from_then_on()
    {
        await using var server = LoopbackServer.Saying(Hello);
        var answers = 0;
        using var client = new HttpClient(new SafeHttpHandler(new SafeHttpOptions
        {
            AllowedNetworks = [Cidr.Parse("127.0.0.1")],
            Resolve = (_, _) => Task.FromResult(new[] { IPAddress.Parse(++answers == 1 ? "127.0.0.1" : "127.0.0.2") }),
        }));
        var url = server.Url("/", "rebinding.example");

        (await client.GetStringAsync(url, TestContext.Current.CancellationToken)).Should().Be("hello");
        var again = () => client.GetStringAsync(url, TestContext.Current.CancellationToken);

        await again.Should().ThrowAsync<ForbiddenAddressException>();
        answers.Should().Be(2, "each connection resolves once and dials just that answer");
        server.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Redirects_are_returned_and_not_followed()
    {
        await using var server = LoopbackServer.Saying(
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = Client("127.0.0.0/8");

        using var response = await client.GetAsync(server.Url("/"), TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Endless_headers_are_cut_off()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), token);
            while (true) await stream.WriteAsync("X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"u8.ToArray(), token);
        });
        using var client = Client("127.0.0.0/8");

        var asking = () => client.GetAsync(server.Url("/"), TestContext.Current.CancellationToken);

        (await asking.Should().ThrowAsync<HttpRequestException>()).Which.HttpRequestError.Should().Be(HttpRequestError.ConfigurationLimitExceeded);
    }

    private static HttpClient Client(string allowed, params string[] addresses) => new(new SafeHttpHandler(new SafeHttpOptions
    {
        AllowedNetworks = [Cidr.Parse(allowed)],
        Resolve = (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()),
    }));
}
