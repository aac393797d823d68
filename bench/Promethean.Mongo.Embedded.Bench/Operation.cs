using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Bench;

/// <summary>One thing that clients do again and again, the same against every server.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Collection">Where it is done; by this name the canned server knows what to answer.</param>
/// <param name="Present">How many documents lie in the collection before.</param>
/// <param name="DoAsync">Does it once; the number is a different one each time.</param>
/// <param name="InFlight">How many are done at once.</param>
internal sealed record Operation(
    string Name, string Collection, int Present, Func<IMongoCollection<BsonDocument>, int, Task> DoAsync, int InFlight = 1)
{
    /// <summary>Whether each run begins with an empty collection.</summary>
    public bool Fills => Present == 0;
}
