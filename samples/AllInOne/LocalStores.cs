using MongoDB.Driver;
using Promethean.Mongo.Embedded;
using Promethean.Vectors;

namespace AllInOne;

/// <summary>The documents and the vectors: MongoDB where <c>MONGO_URI</c> names it, and what needs no installation otherwise.</summary>
internal sealed class LocalStores(EmbeddedMongoServer? server, MongoClient client, EmbeddedVectorStore vectors) : IAsyncDisposable
{
    private const string DatabaseName = "promethean";

    public IMongoDatabase Database => client.GetDatabase(DatabaseName);

    public EmbeddedVectorStore Vectors => vectors;

    public static async Task<LocalStores> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("CHROMA_URL") is { Length: > 0 } chroma)
        {
            throw new NotSupportedException($"CHROMA_URL is '{chroma}', but this version keeps vectors in its embedded store only: unset it.");
        }

        MakeDirectory(directory);
        var uri = Environment.GetEnvironmentVariable("MONGO_URI");
        var server = string.IsNullOrEmpty(uri)
            ? await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = Path.Combine(directory, "mongo") }, cancellationToken)
            : null;
        try
        {
            var vectors = await EmbeddedVectorStore.OpenAsync(
                new EmbeddedVectorStoreOptions { Path = Path.Combine(directory, "vectors.db") }, cancellationToken: cancellationToken);
            return new LocalStores(server, new MongoClient(server?.ConnectionString ?? uri), vectors);
        }
        catch when (server is not null)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static void MakeDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data directory '{directory}' cannot be made: {e.Message} Name another with --data.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await vectors.DisposeAsync();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }
}
