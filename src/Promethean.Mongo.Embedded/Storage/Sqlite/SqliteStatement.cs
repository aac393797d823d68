using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>
/// A prepared statement, used through SQLite's C interface: no boxing, no copies of parameters. Disposing it gives it back to its
/// connection. Parameters are numbered from 1, columns from 0. For one thread at a time.
/// </summary>
internal sealed class SqliteStatement(SqliteHandle owner, sqlite3 database, SqliteText sql, sqlite3_stmt statement) : IDisposable
{
    public SqliteText Sql => sql;

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // SQLite takes an empty span for NULL, so an empty blob is bound by its length.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, parameter, 0) : raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        return false;
    }

    /// <summary>Runs to the end and gives the statement back.</summary>
    public void Run()
    {
        using (this)
        {
            while (Step())
            {
            }
        }
    }

    public long Integer(int column) => raw.sqlite3_column_int64(statement, column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public void Dispose()
    {
        _ = raw.sqlite3_reset(statement);
        owner.Return(this);
    }

    /// <summary>Ends the statement for good.</summary>
    public void Close() => statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, database);
    }
}
