using Microsoft.Data.Sqlite;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Storage.Sqlite;

namespace Promethean.Mongo.Embedded.Tests.Storage;

/// <summary>A full disk, a held lock or a missing permission is never called damage: nobody restores a backup over healthy data.</summary>
public sealed class StorageFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("promethean-storage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(5, DataFileProblem.InUse)]
    [InlineData(6, DataFileProblem.InUse)]
    [InlineData(11, DataFileProblem.Corrupt)]
    [InlineData(26, DataFileProblem.Corrupt)]
    [InlineData(13, DataFileProblem.Storage)]
    [InlineData(10, DataFileProblem.Storage)]
    [InlineData(8, DataFileProblem.Storage)]
    public void A_failure_of_SQLite_is_called_what_it_is(int code, DataFileProblem problem)
    {
        var told = StorageFailure.Opening("place/mongo.db", new SqliteException("reason", code));

        told.Problem.Should().Be(problem);
        told.Message.Should().Contain("place/mongo.db").And.Contain("reason");
    }

    [Fact]
    public void A_write_that_finds_the_disk_full_says_so_with_MongoDBs_code()
    {
        var told = StorageFailure.Writing("place/mongo.db", new SqliteException("database or disk is full", 13));

        told.Should().BeOfType<MongoCommandFailedException>().Which.Code.Should().Be(14031);
        told.Message.Should().Contain("place/mongo.db");
    }

    [Fact]
    public async Task A_file_that_another_program_holds_is_in_use_and_not_damaged()
    {
        await using (await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _folder }, TestContext.Current.CancellationToken))
        {
        }

        using var other = new SqliteConnection($"Data Source={Path.Combine(_folder, "mongo.db")};Pooling=False");
        other.Open();
        using var hold = other.CreateCommand();
        hold.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held(x); COMMIT";
        hold.ExecuteNonQuery();

        var start = () => EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = _folder }, TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<DataFileException>()).Which.Problem.Should().Be(DataFileProblem.InUse);
    }

    [Fact]
    public async Task A_directory_that_is_a_file_is_a_problem_of_storage()
    {
        var place = Path.Combine(_folder, "taken");
        await File.WriteAllTextAsync(place, "not a directory", TestContext.Current.CancellationToken);

        var start = () => EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = place }, TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<DataFileException>()).Which.Problem.Should().Be(DataFileProblem.Storage);
    }
}
