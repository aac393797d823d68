namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>One unit of work on its way through the writer.</summary>
internal abstract class SqliteWork
{
    /// <summary>Runs the work; throws only if the whole group is lost.</summary>
    public abstract void Run(SqliteTransaction transaction);

    /// <summary>The group is committed: the caller gets the result, or the exception of its own work.</summary>
    public abstract void Succeed();

    /// <summary>The group could not be committed.</summary>
    public abstract void Fail(Exception failure);
}
