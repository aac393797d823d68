using Promethean.Broker.Server.Bench.Peers;
using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench;

/// <summary>What connections that say nothing cost a server in memory, each server fresh.</summary>
internal static class IdleConnections
{
    private const int Warm = 20;
    private const int Idle = 1000;

    public static async Task CompareAsync()
    {
        Console.WriteLine($"### {Idle:N0} idle connections: growth of the server's process, MB, garbage collected before and after\n");
        Console.WriteLine("| | managed heap | private memory | working set |");
        Console.WriteLine("|---|---|---|---|");
        await MeasureAsync("broker, each subscribed to a topic", BenchServer.Broker, RawWire.Broker("note.idle"));
        await MeasureAsync("SignalR, each in a group", BenchServer.SignalR, RawWire.SignalR("note.idle"));
        await MeasureAsync("bare echo", BenchServer.Echo, RawWire.Echo());
        Console.WriteLine();
    }

    private static async Task MeasureAsync(string name, string kind, RawWire wire)
    {
        await using var server = await ServerProcess.StartAsync(kind);
        // So that what is compiled and kept for the first is not laid to the rest.
        foreach (var socket in await OpenAsync(server, wire, Warm)) socket.Dispose();
        var before = await server.ReadUsageAsync(collect: true);
        var sockets = await OpenAsync(server, wire, Idle);
        var after = await server.ReadUsageAsync(collect: true);
        foreach (var socket in sockets) socket.Dispose();
        Console.WriteLine(
            $"| {name} | {ToMegabytes(after.HeapBytes - before.HeapBytes)} | {ToMegabytes(after.PrivateBytes - before.PrivateBytes)} | "
            + $"{ToMegabytes(after.WorkingSet - before.WorkingSet)} |");
    }

    private static async Task<List<RawSocket>> OpenAsync(ServerProcess server, RawWire wire, int connections)
    {
        var sockets = new List<RawSocket>();
        while (sockets.Count < connections)
        {
            var socket = new RawSocket();
            sockets.Add(socket);
            await socket.OpenAsync(server.Socket);
            if (wire.Open is not null) await socket.AskAsync(wire.Open);
            // An answer says that the server has taken the connection up.
            await socket.AskAsync(wire.Subscribe ?? wire.Message);
        }

        return sockets;
    }

    private static string ToMegabytes(long bytes) => $"{bytes / 1e6:N1}";
}
