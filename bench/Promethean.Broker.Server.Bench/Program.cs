// Our broker over WebSockets beside SignalR and a bare WebSocket echo, servers in processes of their own, all in one run, in turn; read the ratios:
//   dotnet run -c Release --project bench/Promethean.Broker.Server.Bench -- [rounds] [throughput|calls|idle]
using System.Globalization;
using Promethean.Broker.Server.Bench;
using Promethean.Broker.Server.Bench.Calls;
using Promethean.Broker.Server.Bench.Serving;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["serve", var kind])
{
    await BenchServer.RunAsync(kind);
    return;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
var only = args.Length > 1 ? args[1] : null;
if (only is null or "throughput") await Throughput.CompareAsync(rounds);
if (only is null or "calls") await CallTimes.CompareAsync(rounds);
if (only is null or "idle") await IdleConnections.CompareAsync();
