namespace Promethean.Mongo.Embedded.Tests;

internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("promethean-mongo-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
