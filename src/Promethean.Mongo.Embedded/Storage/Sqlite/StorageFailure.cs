using Microsoft.Data.Sqlite;
using Promethean.Mongo.Embedded.Errors;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>Says what a failure of SQLite or of the file system means for the one who runs the server.</summary>
/// <remarks>Only what SQLite itself calls damage is damage: healthy data must never be thrown away for a full disk or a held lock.
/// The codes are those of SQLite's page "Result and Error Codes".</remarks>
internal static class StorageFailure
{
    /// <summary>Why a file cannot be opened.</summary>
    public static DataFileException Opening(string file, Exception failure) => failure switch
    {
        DataFileException known => known,
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => new(
            file,
            DataFileProblem.InUse,
            $"'{file}' is held by another program ({failure.Message}). Let it finish or stop it, then start again; the data is not harmed.",
            failure),
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } => Damage(file, failure.Message, failure),
        SqliteException or IOException or UnauthorizedAccessException => new(
            file,
            DataFileProblem.Storage,
            $"'{file}' cannot be opened: {failure.Message} Check the path, its permissions and the space on its disk; the data is not harmed.",
            failure),
        _ => Damage(file, failure.Message, failure),
    };

    /// <summary>The file's content is not what this server wrote.</summary>
    public static DataFileException Damage(string file, string finding, Exception? cause) => new(
        file,
        DataFileProblem.Corrupt,
        $"'{file}' is damaged ({finding}). Restore it from a backup, or salvage what can be read with SQLite's '.recover'.",
        cause);

    /// <summary>A write that failed, as its client is told; nothing of it was kept.</summary>
    public static Exception Writing(string file, Exception failure) => failure is SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN }
        ? new MongoCommandFailedException(
            MongoErrorCode.OutOfDiskSpace,
            $"'{file}' cannot be written: {failure.Message} Free space on its disk or mend it, then try again; what was acknowledged before is safe.")
        : failure;
}
