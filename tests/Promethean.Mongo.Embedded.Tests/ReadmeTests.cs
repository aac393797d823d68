using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Mongo.Embedded.Tests;

/// <summary>The README's example, as it stands there, with the output that stands there.</summary>
[Trait("Category", "Integration")]
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_example_of_the_readme_prints_what_the_readme_says()
    {
        using var temporary = new TemporaryDirectory();
        var output = new StringWriter();
        await ExampleAsync(temporary.Path, output);

        output.ToString().ReplaceLineEndings("\n").Should().Be(
            """
            { "_id" : "Fiasco", "author" : "Lem", "year" : 1986 }
            { "_id" : "Solaris", "author" : "Lem", "year" : 1961, "lent" : 1, "tags" : ["ocean"] }

            """);
    }

    private static async Task ExampleAsync(string directory, TextWriter Console)
    {
        await using var server = await EmbeddedMongoServer.StartAsync(new() { DataDirectory = directory }); // no directory: in memory
        using var client = new MongoClient(server.ConnectionString);
        var books = client.GetDatabase("library").GetCollection<BsonDocument>("books");

        await books.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ author: 1, year: -1 }"));
        await books.InsertManyAsync([BsonDocument.Parse("{ _id: 'Solaris', author: 'Lem', year: 1961 }"), BsonDocument.Parse("{ _id: 'Fiasco', author: 'Lem', year: 1986 }")]);
        await books.UpdateOneAsync("{ _id: 'Solaris' }", "{ $inc: { lent: 1 }, $push: { tags: 'ocean' } }", new UpdateOptions { IsUpsert = true });

        foreach (var book in await books.Find("{ author: 'Lem' }").Sort("{ year: -1 }").ToListAsync()) Console.WriteLine(book);
    }
}
