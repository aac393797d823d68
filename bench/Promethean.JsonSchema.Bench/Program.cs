// Whether a frame of the broker's wire satisfies its schema: ours beside merely parsing it and beside NJsonSchema, all in one run, in turn:
//   dotnet run -c Release --project bench/Promethean.JsonSchema.Bench -- [rounds]
using System.Globalization;
using System.Text;
using Promethean.Broker;
using Promethean.JsonSchema;
using Promethean.JsonSchema.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;

const string Text = """{"id":"req-000017","action":"publish","payload":{"topic":"crawl.pages.done","payload":{"url":"https://example.com/","n":3},"headers":{"k":"v-12345678"}}}""";
var frame = Encoding.UTF8.GetBytes(Text);
var whole = JsonSchemaValidator.Compile(BrokerSchemas.ClientToBroker.ToString());
var publish = whole.At("/$defs/publish");
var peer = await NJsonSchemaPeer.LoadAsync(BrokerSchemas.ClientToBroker.ToString());

Row[] rows =
[
    new("ours, /$defs/publish", 20_000, () => publish.IsValid(frame.AsSpan())),
    new("ours, the whole schema", 5_000, () => whole.IsValid(frame.AsSpan())),
    new("Utf8JsonReader to the end", 20_000, () => Parsing.Read(frame)),
    new("JsonDocument.Parse", 20_000, () => Parsing.Parse(frame)),
    new("NJsonSchema, publish", 500, () => peer.IsValidPublish(Text)),
    new("NJsonSchema, the whole schema", 100, () => peer.IsValid(Text)),
];
Comparison.Run(rows, rounds, TimeProvider.System);

Console.WriteLine($"{frame.Length} bytes, {rounds} rounds, median");
Console.WriteLine($"{"",-32}{"ns each",10}{"each/s",13}{"bytes each",12}{"x ours",9}");
foreach (var row in rows)
{
    Console.WriteLine($"{row.Name,-32}{row.Nanoseconds,10:N0}{1e9 / row.Nanoseconds,13:N0}{row.Bytes,12:N0}{row.Nanoseconds / rows[0].Nanoseconds,9:N2}");
}
