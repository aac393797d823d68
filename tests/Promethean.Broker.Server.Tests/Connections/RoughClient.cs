using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Promethean.Broker.Server.Tests;

/// <summary>A client that knows how to open a WebSocket and to send text, and no manners.</summary>
internal sealed class RoughClient(TcpClient tcp) : IDisposable
{
    public static async Task<RoughClient> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port, cancellationToken);
        var client = new RoughClient(tcp);
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            cancellationToken);
        using var head = new StreamReader(tcp.GetStream(), Encoding.ASCII, bufferSize: 1024, leaveOpen: true);
        (await head.ReadLineAsync(cancellationToken)).Should().Be("HTTP/1.1 101 Switching Protocols");
        return client;
    }

    /// <summary>So many times the same text, each as a masked frame of its own (RFC 6455, 5.2; the key is zero, which masks nothing).</summary>
    public static byte[] Frames(string text, int count)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = [0x81, 0xFE, 0, 0, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        return [.. Enumerable.Repeat(frame, count).SelectMany(one => one)];
    }

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await tcp.GetStream().WriteAsync(bytes, cancellationToken);

    public void Dispose() => tcp.Dispose();
}
