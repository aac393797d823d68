using Promethean.Broker.Testing;

namespace Promethean.Broker.Bench;

/// <summary>A test over our broker: a message published and handled, none to another subscriber.</summary>
internal static class InMemoryBrokerTest
{
    /// <param name="messages">How many are published.</param>
    public static async Task<PerTestTimes> RunAsync(int messages = 1)
    {
        var from = TimeProvider.System.GetTimestamp();
        var broker = new InMemoryBroker(new() { LogCapacity = 100_000 });
        var client = broker.Connect();
        var started = Since.Microseconds(from);

        var seen = 0;
        await client.SubscribeAsync(
            "note.written",
            (_, _) =>
            {
                seen++;
                return default;
            },
            NoteJson.Default.Note);
        for (var i = 0; i < messages; i++) await client.PublishAsync("note.written", new("one", i), NoteJson.Default.Note);
        if (seen != messages) throw new InvalidOperationException("A message was not delivered.");

        var asked = TimeProvider.System.GetTimestamp();
        if (!NegativeAssert.NothingDelivered(broker, "note.absent")) throw new InvalidOperationException("Something was delivered.");
        var negative = Since.Microseconds(asked);

        await broker.DisposeAsync();
        return new(started, Since.Microseconds(from) - negative, negative);
    }
}
