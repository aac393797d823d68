using System.Collections.Concurrent;

namespace Promethean.Broker.Redis.Tests;

/// <summary>The README's example, word for word; what it prints is handed back.</summary>
internal static class ReadmeExamples
{
    public static async Task<string> ConsumeAsync(string url)
    {
        var Console = new Printed();
        await using var client = await RedisBrokerClient.ConnectAsync(new RedisBrokerOptions { Configuration = url });

        await client.EnqueueAsync("pages", JsonPayload.Parse("\"https://example.com/\""), new() { DedupeId = "https://example.com/" });
        await using var consumer = await client.ConsumeAsync("pages", (delivery, cancellationToken) =>
        {
            Console.WriteLine($"{delivery.Task.Payload}, attempt {delivery.Task.Attempts}");
            return ValueTask.CompletedTask;
        });

        await consumer.DrainAsync();
        return Console.ToString();
    }

    private sealed class Printed
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public void WriteLine(object line) => _lines.Enqueue($"{line}");

        public override string ToString() => string.Join('\n', _lines);
    }
}
