using System.IO.Compression;
using System.Text;
using Promethean.SafeHttp;
using Promethean.SafeHttp.Tests;

namespace Promethean.Crawler.Tests;

[Trait("Category", "Integration")]
public class HostileServerTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";

    private static readonly FetchOptions _options = new()
    {
        HeaderTimeout = TimeSpan.FromSeconds(1),
        TotalTimeout = TimeSpan.FromSeconds(2),
        MaxBodyBytes = 100_000,
    };

    [Fact]
    public async Task A_page_of_an_allowed_network_is_fetched()
    {
        await using var server = LoopbackServer.Saying(Head + "Content-Length: 8\r\n\r\n<p>hello");

        var page = (await FetchAsync(server)).Should().BeOfType<FetchedPage>().Subject;

        Encoding.UTF8.GetString(page.Body.Span).Should().Be("<p>hello");
    }

    [Fact]
    public async Task A_private_address_is_refused_by_name_of_the_setting_and_never_connected_to()
    {
        await using var server = LoopbackServer.Saying(Head + "\r\n");
        using var client = new HttpClient(new SafeHttpHandler());
        var fetcher = new PageFetcher(client, new RobotsPolicy(client), _options);

        var refused = (await fetcher.FetchAsync(new FetchRequest { Url = server.Url("/") }, TestContext.Current.CancellationToken))
            .Should().BeOfType<FetchRefused>().Subject;

        refused.Refusal.Should().Be(FetchRefusal.Address);
        refused.Reason.Should().Contain("127.0.0.0/8 (loopback").And.Contain("SafeHttpOptions.AllowedNetworks");
        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task A_redirect_to_a_private_address_is_refused()
    {
        await using var server = LoopbackServer.Saying(
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var refused = (await FetchAsync(server)).Should().BeOfType<FetchRefused>().Subject;

        refused.Refusal.Should().Be(FetchRefusal.Address);
        refused.Reason.Should().Contain("169.254.0.0/16");
    }

    [Fact]
    public async Task A_server_silent_after_its_headers_is_given_up()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 10\r\n\r\n"), token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });

        var failed = (await FetchAsync(server)).Should().BeOfType<FetchFailed>().Subject;

        failed.Reason.Should().Be("it was not complete within 2 s");
        failed.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_drips_bytes_is_given_up()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "\r\n"), token);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), token);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, token);
            }
        });

        (await FetchAsync(server)).Should().BeOfType<FetchFailed>().Which.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var server = new LoopbackServer((_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));

        (await FetchAsync(server)).Should().BeOfType<FetchFailed>().Which.Reason.Should().Be("no answer began within 1 s");
    }

    [Fact]
    public async Task An_endless_body_is_cut_off_at_the_cap()
    {
        long sent = 0;
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "\r\n"), token);
            var chunk = new byte[8192];
            while (true)
            {
                await stream.WriteAsync(chunk, token);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });

        (await FetchAsync(server)).Should().BeOfType<FetchRefused>().Which.Refusal.Should().Be(FetchRefusal.TooLarge);
        Interlocked.Read(ref sent).Should().BeLessThan(20_000_000, "the connection is dropped, not drained");
    }

    [Fact]
    public async Task A_gzip_bomb_is_cut_off_at_the_cap_of_decoded_bytes()
    {
        using var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(new byte[50_000_000]);
        var body = bomb.ToArray();
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + $"Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n"), token);
            await stream.WriteAsync(body, token);
        });

        body.Length.Should().BeLessThan(_options.MaxBodyBytes);
        (await FetchAsync(server)).Should().BeOfType<FetchRefused>().Which.Refusal.Should().Be(FetchRefusal.TooLarge);
    }

    [Fact]
    public async Task A_body_that_ends_early_may_be_asked_for_again()
    {
        await using var server = LoopbackServer.Saying(Head + "Content-Length: 100\r\n\r\nshort");

        (await FetchAsync(server)).Should().BeOfType<FetchFailed>().Which.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_does_not_speak_HTTP_fails_for_good()
    {
        await using var server = LoopbackServer.Saying("SSH-2.0-OpenSSH_9.2\r\n");

        (await FetchAsync(server)).Should().BeOfType<FetchFailed>().Which.IsTransient.Should().BeFalse();
    }

    private static async Task<FetchResult> FetchAsync(LoopbackServer server)
    {
        using var client = new HttpClient(new SafeHttpHandler(new SafeHttpOptions { AllowedNetworks = [Cidr.Parse("127.0.0.1")] }));
        var fetcher = new PageFetcher(client, new RobotsPolicyOf404(client), _options);
        return await fetcher.FetchAsync(new FetchRequest { Url = server.Url("/") }, TestContext.Current.CancellationToken);
    }

    /// <summary>No robots.txt on the test's own server, the real policy for all others.</summary>
    private sealed class RobotsPolicyOf404(HttpClient client) : IRobotsPolicy
    {
        private readonly RobotsPolicy _real = new(client);

        public ValueTask<RobotsRules> GetAsync(Uri url, CancellationToken cancellationToken = default) =>
            url.IsLoopback ? ValueTask.FromResult(RobotsRules.AllowAll) : _real.GetAsync(url, cancellationToken);
    }
}
