using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Oplog;
using Promethean.Mongo.Embedded.Update;

namespace Promethean.Mongo.Embedded.Tests.ChangeStreams;

public sealed class UpdateDescriptionTests
{
    [Theory]
    [InlineData("{ a: 1 }", "{ a: 1.0 }", "{ updatedFields: { a: 1.0 }, removedFields: [], truncatedArrays: [], disambiguatedPaths: {} }")]
    [InlineData("{ a: [1, 2, 3] }", "{ a: [1] }", "{ updatedFields: {}, removedFields: [], truncatedArrays: [{ field: 'a', newSize: 1 }], disambiguatedPaths: {} }")]
    [InlineData("{ a: [{ b: 1 }, 2] }", "{ a: [{ b: 3 }, 2, 4] }", "{ updatedFields: { 'a.0.b': 3, 'a.2': 4 }, removedFields: [], truncatedArrays: [], disambiguatedPaths: {} }")]
    [InlineData("{ a: { b: 1, c: 2 } }", "{ a: { c: 3 } }", "{ updatedFields: { 'a.c': 3 }, removedFields: ['a.b'], truncatedArrays: [], disambiguatedPaths: {} }")]
    [InlineData("{ a: { 'b.c': 1 } }", "{ a: { 'b.c': 2 } }", "{ updatedFields: { 'a.b.c': 2 }, removedFields: [], truncatedArrays: [], disambiguatedPaths: { 'a.b.c': ['a', 'b.c'] } }")]
    public void The_least_difference_is_told(string before, string after, string description) =>
        UpdateDescription.Of(BsonDocument.Parse(before), BsonDocument.Parse(after), null)!.ToJson().Should().Be(BsonDocument.Parse(description).ToJson());

    [Fact]
    public void Fields_in_another_order_cannot_be_told_as_an_update() =>
        UpdateDescription.Of(BsonDocument.Parse("{ a: 1, b: 2 }"), BsonDocument.Parse("{ b: 2, a: 1 }"), null).Should().BeNull();

    [Fact]
    public void What_is_told_of_any_update_makes_the_document_after_of_the_one_before()
    {
        var told = 0;
        for (var seed = 0; seed < 4_000; seed++)
        {
            var writes = new RandomWrites(new Random(seed));
            var before = writes.Document(1);
            var update = writes.Update();
            BsonDocument after;
            var operation = UpdateOperation.Parse(update);
            try
            {
                after = operation.Apply(before, new UpdateContext(DateTimeOffset.UnixEpoch));
            }
            catch (MongoCommandFailedException)
            {
                continue;
            }

            if (UpdateDescription.Of(before, after, operation.WholePaths) is not { } description) continue;
            told++;
            var replayed = (BsonDocument)before.DeepClone();
            EventReplay.Update(replayed, description);
            replayed.ToJson().Should().Be(after.ToJson(), $"seed {seed.ToString(CultureInfo.InvariantCulture)}: {before} by {update} is told as {description}");
        }

        told.Should().BeGreaterThan(2_000);
    }
}
