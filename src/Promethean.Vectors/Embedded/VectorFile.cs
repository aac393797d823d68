using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Promethean.Vectors;

/// <summary>
/// The file of an embedded store: a SQLite database in write-ahead mode that this process alone holds. One caller at a time.
/// </summary>
/// <remarks>
/// Format 1. <c>collections</c>: id, name, model, dimension. <c>records</c>: collection, id, embedding (32-bit floats, little
/// endian), document, metadata (JSON). The header's application id is "PMVS", its user version the format. A new file is made
/// under another name and moved into place when it is whole, so its header can be trusted before SQLite opens it.
/// </remarks>
internal sealed class VectorFile : IDisposable
{
    internal const int FormatVersion = 1;
    internal const int ApplicationId = 0x504D5653;
    private const int NoCheckpointOnClose = 1006;

    private readonly SqliteConnection _connection;

    private VectorFile(string path, SqliteConnection connection)
    {
        Path = path;
        _connection = connection;
    }

    public string Path { get; }

    public static VectorFile Open(string path)
    {
        try
        {
            if (!File.Exists(path)) Create(path);
            CheckHeader(path);
            return OpenChecked(path);
        }
        catch (SqliteException e)
        {
            throw Explain(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VectorStoreException(VectorStoreError.Storage, $"The vector store '{path}' cannot be opened: {e.Message} Check the path and its permissions.", e);
        }
    }

    public (long Id, EmbeddingSpec Spec)? FindCollection(string name) => Run(() =>
    {
        using var command = Command("SELECT id, model, dimension FROM collections WHERE name = $name", ("$name", name));
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return default((long, EmbeddingSpec)?);
        try
        {
            return (reader.GetInt64(0), new EmbeddingSpec(reader.GetString(1), reader.GetInt32(2)));
        }
        catch (ArgumentException e)
        {
            throw Corrupt(Path, $"the spec of collection '{name}' cannot be read: {e.Message}", e);
        }
    });

    public long AddCollection(string name, EmbeddingSpec spec) => Run(() =>
    {
        using var command = Command(
            "INSERT INTO collections(name, model, dimension) VALUES($name, $model, $dimension) RETURNING id",
            ("$name", name),
            ("$model", spec.Model),
            ("$dimension", spec.Dimension));
        return (long)command.ExecuteScalar()!;
    });

    public void Load(EmbeddedVectorData data) => Run(() =>
    {
        using var command = Command("SELECT id, embedding, document, metadata FROM records WHERE collection = $collection", ("$collection", data.FileId));
        using var reader = command.ExecuteReader();
        var batch = new VectorRecord[1];
        while (reader.Read())
        {
            batch[0] = ReadRecord(reader, data);
            data.Table.Apply(batch, []);
        }

        return 0;
    });

    /// <summary>Stores and removes records in one transaction that is on disk when this returns.</summary>
    public void Write(long collection, IReadOnlyList<VectorRecord> upserts, IReadOnlyList<string> deletes) => Run(() =>
    {
        using var transaction = _connection.BeginTransaction();
        if (deletes.Count > 0)
        {
            using var delete = Command("DELETE FROM records WHERE collection = $collection AND id = $id", ("$collection", collection), ("$id", ""));
            foreach (var id in deletes)
            {
                delete.Parameters["$id"].Value = id;
                delete.ExecuteNonQuery();
            }
        }

        if (upserts.Count > 0)
        {
            using var upsert = Command(
                "INSERT INTO records(collection, id, embedding, document, metadata) VALUES($collection, $id, $embedding, $document, $metadata) "
                + "ON CONFLICT(collection, id) DO UPDATE SET embedding = excluded.embedding, document = excluded.document, metadata = excluded.metadata",
                ("$collection", collection),
                ("$id", ""),
                ("$embedding", Array.Empty<byte>()),
                ("$document", DBNull.Value),
                ("$metadata", Array.Empty<byte>()));
            foreach (var record in upserts)
            {
                upsert.Parameters["$id"].Value = record.Id;
                upsert.Parameters["$embedding"].Value = Bytes(record.Embedding.Span);
                upsert.Parameters["$document"].Value = record.Document is { } document ? WellFormedText.From(document) : DBNull.Value;
                upsert.Parameters["$metadata"].Value = record.Metadata.ToJson();
                upsert.ExecuteNonQuery();
            }
        }

        transaction.Commit();
        return 0;
    });

    public void Dispose() => _connection.Dispose();

    private static void Create(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var draft = $"{path}.{Environment.ProcessId}.new";
        File.Delete(draft);
        using (var connection = Connect(draft, SqliteOpenMode.ReadWriteCreate))
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                PRAGMA application_id = {ApplicationId};
                PRAGMA user_version = {FormatVersion};
                CREATE TABLE collections(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, model TEXT NOT NULL, dimension INTEGER NOT NULL);
                CREATE TABLE records(
                    collection INTEGER NOT NULL, id TEXT NOT NULL, embedding BLOB NOT NULL, document TEXT, metadata BLOB NOT NULL,
                    UNIQUE(collection, id));
                PRAGMA journal_mode = WAL;
                """;
            command.ExecuteNonQuery();
        }

        File.Move(draft, path, overwrite: false);
    }

    // SQLite database header: https://www.sqlite.org/fileformat2.html#the_database_header
    private static void CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[100];
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("SQLite format 3\0"u8))
            {
                throw new VectorStoreException(VectorStoreError.NotAStore, $"The file '{path}' is not a vector store (it is not a SQLite database). It was not changed. Name another file, or move this one away.");
            }
        }

        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) != ApplicationId)
        {
            throw new VectorStoreException(VectorStoreError.NotAStore, $"The file '{path}' is a SQLite database of another program, not a vector store. It was not changed. Name another file.");
        }

        var format = BinaryPrimitives.ReadInt32BigEndian(header[60..]);
        if (format > FormatVersion)
        {
            throw new VectorStoreException(
                VectorStoreError.NewerFormat,
                $"The vector store '{path}' has format {format}; this version of Promethean.Vectors reads up to {FormatVersion}. It was not changed. Update the package, or name another file.");
        }
    }

    private static VectorFile OpenChecked(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWrite);
        try
        {
            // Until the file is known to be sound, closing must not write to it.
            _ = raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, 1, out _);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA quick_check(1);";
            using var reader = command.ExecuteReader();
            string? verdict = null;
            do
            {
                while (reader.Read()) verdict = reader.GetString(0);
            }
            while (reader.NextResult());

            if (verdict != "ok") throw Corrupt(path, verdict ?? "the check answered nothing");
            _ = raw.sqlite3_db_config(connection.Handle!, NoCheckpointOnClose, 0, out _);
            return new VectorFile(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static VectorStoreException Corrupt(string path, string what, Exception? cause = null) => new(
        VectorStoreError.Corrupt,
        $"The vector store '{path}' is damaged: {what}. It was not changed. Restore it from a backup, or move it away and fill a new one from the documents.",
        cause);

    private static VectorStoreException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(VectorStoreError.InUse, $"The vector store '{path}' is open in another process, or twice in this one. Close the other, or give each its own file.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Corrupt(path, e.Message, e),
        _ => new(VectorStoreError.Storage, $"The vector store '{path}' cannot be read or written: {e.Message}. Check the disk and the file's permissions; what was acknowledged before is safe.", e),
    };

    private static byte[] Bytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }

    private VectorRecord ReadRecord(SqliteDataReader reader, EmbeddedVectorData data)
    {
        var id = reader.GetString(0);
        try
        {
            var bytes = reader.GetFieldValue<byte[]>(1);
            if (bytes.Length % sizeof(float) != 0) throw new FormatException($"its vector has {bytes.Length} bytes");
            var vector = new float[bytes.Length / sizeof(float)];
            for (var i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
            var record = new VectorRecord
            {
                Id = id,
                Embedding = vector,
                Document = reader.IsDBNull(2) ? null : reader.GetString(2),
                Metadata = VectorMetadata.FromJson(reader.GetFieldValue<byte[]>(3)),
            };
            record.Check(data.Spec);
            return record;
        }
        catch (Exception e) when (e is FormatException or VectorStoreException or InvalidCastException)
        {
            throw Corrupt(Path, $"record '{id}' of collection '{data.Name}' cannot be read: {e.Message}", e);
        }
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw Explain(Path, e);
        }
    }
}
