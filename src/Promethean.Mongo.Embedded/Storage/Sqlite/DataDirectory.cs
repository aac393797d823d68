using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// A data directory held by this process: <c>mongo.lock</c> (held open, so that no second server enters) and <c>mongo.db</c>, a
/// SQLite file in WAL mode. The file's header says that it is ours and in which format, and is read before SQLite may touch it.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The format this version writes, kept as SQLite's user_version; it reads this one and all before it.</summary>
    internal const int Format = 2;

    // "PrMg", kept as SQLite's application_id.
    private const int ApplicationId = 0x50724D67;

    // Of a new file. A page is written with two calls to the log and one to the file: large ones make many inserts cheap, and a single
    // change hardly dearer, for it waits for the disk in any case.
    private const int PageBytes = 16 * 1024;

    private const int HeaderBytes = 100;
    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    private readonly FileStream _lock;

    private DataDirectory(string file, FileStream held)
    {
        File = file;
        _lock = held;
    }

    /// <summary>The database file.</summary>
    public string File { get; }

    /// <summary>Takes the directory, makes or checks the file in it.</summary>
    /// <exception cref="DataFileException">The directory is in use, or the file cannot be read; it is left as it was.</exception>
    public static DataDirectory Open(string directory, bool checkIntegrity)
    {
        var file = Path.Combine(Path.GetFullPath(directory), "mongo.db");
        try
        {
            Make(directory);
            var opened = new DataDirectory(file, Lock(Path.Combine(Path.GetFullPath(directory), "mongo.lock")));
            try
            {
                if (System.IO.File.Exists(file)) opened.Check(checkIntegrity);
                else opened.Create();
                return opened;
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw StorageFailure.Opening(file, failure);
        }
    }

    public void Dispose() => _lock.Dispose();

    // What was crawled may come from places that not everybody on this machine may read.
    private static void Make(string directory)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            throw new DataFileException(
                path,
                DataFileProblem.InUse,
                $"The data directory of '{path}' is in use by another server. Stop that server, or choose another data directory.",
                failure);
        }
    }

    // The runtime's code for a sharing violation: EAGAIN of flock(2) on Linux, the one of BSD and macOS, and Windows' own.
    private static bool IsHeld(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);

    // A file is made under another name and then renamed: a crash in between leaves no half-made database.
    private void Create()
    {
        if (System.IO.File.Exists(File + "-wal"))
        {
            throw Problem(
                DataFileProblem.Corrupt,
                $"'{File}' is missing, but its write-ahead log '{File}-wal' is there. Put the database file back, or move the log away to begin anew.");
        }

        var unfinished = File + ".new";
        foreach (var leftover in new[] { unfinished, unfinished + "-journal", unfinished + "-wal", unfinished + "-shm" }) System.IO.File.Delete(leftover);
        using (var handle = new SqliteHandle(unfinished, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE))
        {
            handle.Execute($"PRAGMA page_size = {PageBytes}");
            // Nobody sees the file before it has its name: it is synced once, when it is complete.
            handle.Execute("PRAGMA synchronous = OFF");
            handle.Execute("CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
            handle.Execute("INSERT INTO meta(name, value) VALUES('catalogue', 0), ('ids', 0)");
            handle.Execute("CREATE TABLE collections(id INTEGER PRIMARY KEY, definition BLOB NOT NULL, count INTEGER NOT NULL)");
            handle.Execute($"PRAGMA application_id = {ApplicationId}");
            handle.Execute($"PRAGMA user_version = {Format}");
            handle.Execute("PRAGMA journal_mode = WAL");
        }

        using (var complete = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite)) complete.Flush(flushToDisk: true);
        System.IO.File.Move(unfinished, File);
    }

    private void Check(bool checkIntegrity)
    {
        CheckHeader();
        try
        {
            // A read-only connection: a damaged file is not to be changed, not even by replaying its log.
            using var handle = new SqliteHandle(File, raw.SQLITE_OPEN_READONLY);
            SqliteTables.ReadCatalogue(handle);
            if (!checkIntegrity) return;
            using var findings = handle.Prepare("PRAGMA quick_check(1)");
            if (!findings.Step() || findings.Text(0) is not "ok") throw StorageFailure.Damage(File, findings.Text(0), null);
        }
        catch (Exception failure) when (failure is not DataFileException)
        {
            throw StorageFailure.Opening(File, failure);
        }
    }

    private void CheckHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        using (var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8))
                throw Problem(DataFileProblem.NotADatabase, $"'{File}' is not a database. Choose another data directory, or move the file away.");
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != ApplicationId)
        {
            throw Problem(
                DataFileProblem.NotADatabase,
                $"'{File}' is a SQLite database of another program. Choose another data directory, or move the file away.");
        }

        var format = BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]);
        if (format > Format)
        {
            throw Problem(
                DataFileProblem.NewerFormat,
                $"'{File}' has format {format}; this version reads up to {Format}. Open it with the version of the package that wrote it, or a later one.");
        }
    }

    private DataFileException Problem(DataFileProblem problem, string message, Exception? cause = null) => new(File, problem, message, cause);
}
