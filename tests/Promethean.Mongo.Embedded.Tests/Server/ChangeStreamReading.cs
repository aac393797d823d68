using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Reads a number of events, waiting for them with a guard against hanging.</summary>
internal static class ChangeStreamReading
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    public static async Task<List<BsonDocument>> TakeAtLeastOneAsync(this IChangeStreamCursor<BsonDocument> stream, CancellationToken cancellationToken)
    {
        var events = new List<BsonDocument>();
        await Eventually.HoldsAsync(
            async () =>
            {
                (await stream.MoveNextAsync(cancellationToken)).Should().BeTrue("the stream goes on");
                events.AddRange(stream.Current);
                return events.Count > 0;
            },
            cancellationToken);
        return events;
    }

    public static async Task<List<BsonDocument>> TakeAsync(this IChangeStreamCursor<BsonDocument> stream, int count, CancellationToken cancellationToken)
    {
        var events = new List<BsonDocument>();
        var started = TimeProvider.System.GetTimestamp();
        while (events.Count < count)
        {
            TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(Guard, $"{count} events should come, and {events.Count} did");
            (await stream.MoveNextAsync(cancellationToken)).Should().BeTrue("the stream goes on");
            events.AddRange(stream.Current);
        }

        events.Should().HaveCount(count);
        return events;
    }
}
