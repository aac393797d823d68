// The embedded MongoDB server, in memory and on SQLite, beside a server that sends ready-made replies: the limit that the driver and the
// socket set. Servers in processes of their own, all in one run, in turn; read the ratios:
//   dotnet run -c Release --project bench/Promethean.Mongo.Embedded.Bench -- [rounds] [operations|pages|starts|events]
using System.Globalization;
using Promethean.Mongo.Embedded.Bench;
using Promethean.Mongo.Embedded.Bench.Serving;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["serve", var kind])
{
    await BenchServer.RunAsync(kind);
    return;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
var only = args.Length > 1 ? args[1] : null;
if (only is null or "operations") await Operations.CompareAsync(rounds);
if (only is null or "pages") await LargeCollections.CompareAsync(rounds);
if (only is null or "starts") await Starts.MeasureAsync();
if (only is null or "events") await ChangeEvents.CompareAsync(rounds);
