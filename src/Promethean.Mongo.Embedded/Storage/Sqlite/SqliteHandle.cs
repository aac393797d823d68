using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>One connection to the database file with its prepared statements. For one thread at a time.</summary>
internal sealed class SqliteHandle : IDisposable
{
    private const int MaxIdleStatements = 256;

    private readonly sqlite3 _database;
    private readonly Dictionary<SqliteText, Stack<SqliteStatement>> _idle = [];
    private int _idleCount;

    static SqliteHandle() => Batteries_V2.Init();

    /// <summary>Opens a file in one of SQLite's modes. Nothing is written to it by opening it.</summary>
    public SqliteHandle(string path, int mode)
    {
        // One thread at a time uses a connection, so SQLite needs no mutex around every call.
        var result = raw.sqlite3_open_v2(path, out _database, mode | raw.SQLITE_OPEN_NOMUTEX, null);
        if (result == raw.SQLITE_OK) return;
        using (_database) SqliteException.ThrowExceptionForRC(result, _database);
    }

    /// <summary>Whether no transaction is open: also after an error for which SQLite itself rolled back.</summary>
    public bool IsIdle => raw.sqlite3_get_autocommit(_database) != 0;

    /// <summary>A statement ready to be bound, to be disposed after use; the same SQL may be in use more than once.</summary>
    public SqliteStatement Prepare(SqliteText sql)
    {
        if (_idle.TryGetValue(sql, out var idle) && idle.TryPop(out var known))
        {
            _idleCount--;
            return known;
        }

        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql.ToString(), out var statement), _database);
        return new SqliteStatement(this, _database, sql, statement);
    }

    public void Execute(SqliteText sql) => Prepare(sql).Run();

    /// <summary>The first column of the first row.</summary>
    public long Read(SqliteText sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Integer(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    public void Dispose()
    {
        CloseIdle();
        _database.Dispose();
    }

    internal void Return(SqliteStatement statement)
    {
        // Statements of dropped collections are never asked for again; now and then all go, and those in use come back.
        if (_idleCount >= MaxIdleStatements) CloseIdle();
        if (!_idle.TryGetValue(statement.Sql, out var idle)) _idle[statement.Sql] = idle = new Stack<SqliteStatement>();
        idle.Push(statement);
        _idleCount++;
    }

    private void CloseIdle()
    {
        foreach (var statement in _idle.Values.SelectMany(stack => stack)) statement.Close();
        _idle.Clear();
        _idleCount = 0;
    }
}
