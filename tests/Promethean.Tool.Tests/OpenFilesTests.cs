using System.Net;
using System.Net.Sockets;
using System.Text;
using Promethean.Broker;

namespace Promethean.Tool.Tests;

/// <summary>What few open files leave of a broker.</summary>
public sealed class OpenFilesTests
{
    private const int Flood = 600;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_soft_limit_is_read()
    {
        OpenFiles.ReadLimit(["Limit  Soft Limit  Hard Limit  Units", "Max open files            1024                 524288               files"]).Should().Be(1024);
        OpenFiles.ReadLimit(["Max open files            unlimited            unlimited            files"]).Should().BeNull();
        OpenFiles.ReadLimit([]).Should().BeNull();
    }

    [Theory]
    [InlineData(320, 4, 24, 32)]
    [InlineData(1024, 92, 552, 736)]
    [InlineData(524_288, 65_500, 393_000, 524_000)]
    public void What_is_left_is_parted(int limit, int requests, int webSockets, int sockets)
    {
        OpenFiles.Problem(limit).Should().BeNull();
        OpenFiles.Room(limit).Should().Be(new ConnectionRoom(requests, webSockets, sockets));
    }

    [Fact]
    public void Too_few_are_told_with_the_next_step() =>
        OpenFiles.Problem(319).Should().Contain("319").And.Contain("320").And.Contain("ulimit -n").And.Contain("LimitNOFILE");

    [Fact]
    [Trait("Category", "Integration")]
    public async Task With_too_few_it_says_so_and_does_not_start()
    {
        await using var broker = Start(64);

        (await broker.EndAsync(Token)).Should().BeEquivalentTo((1, Array.Empty<string>()));
        broker.Errors.Should().StartWith("error: ").And.Contain("64 files").And.NotContain("   at ", "a stack trace is no message");
    }

    [Fact]
    [Trait("Category", "Integration")]
    public async Task A_flood_of_connections_at_a_cold_start_leaves_it_alive_and_serving()
    {
        await using var broker = Start(320);
        var url = new Uri((await broker.NextLineAsync(Token))["ready ".Length..]);
        var flood = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Flood; i++)
            {
                flood.Add(await ConnectAsync(url));
            }

            // Who came first is served, or told that it is too much.
            var line = await new StreamReader(flood[0].GetStream()).ReadLineAsync(Token);
            line.Should().Match(first => first == null || first.StartsWith("HTTP/1.1 101") || first.StartsWith("HTTP/1.1 429"));
        }
        finally
        {
            flood.ForEach(connection => connection.Dispose());
        }

        await using var client = new WebSocketBrokerClient(new BrokerOptions { Url = url, DisconnectedTimeout = TimeSpan.FromSeconds(30) });
        (await client.RequestAsync("system.health", default, cancellationToken: Token)).Event.Should().Be("ok", broker.Errors);
    }

    private static ToolProcess Start(int files) => ToolProcess.StartOther(
        "sh", ["-c", $"ulimit -n {files} && exec dotnet '{ToolProcess.Assembly}' broker serve --port 0"], new Dictionary<string, string>());

    private static async Task<TcpClient> ConnectAsync(Uri url)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, url.Port, Token);
        try
        {
            await connection.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(
                    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n"),
                Token);
        }
        catch (IOException)
        {
            // It is refused already.
        }

        return connection;
    }
}
