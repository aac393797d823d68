// Our broker in memory beside its peers, all in one run, in turn; read the ratios:
//   dotnet run -c Release --project bench/Promethean.Broker.Bench -- [rounds]
using System.Globalization;
using Promethean.Broker.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;

await Delivery.CompareAsync(rounds);
await PerTest.CompareAsync(rounds);
await VirtualTime.CompareAsync(rounds);
