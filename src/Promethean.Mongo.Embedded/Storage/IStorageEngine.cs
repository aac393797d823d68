namespace Promethean.Mongo.Embedded.Storage;

/// <summary>Keeps collections and their index entries. Safe for any number of threads; writers run one at a time, readers never wait for them.</summary>
internal interface IStorageEngine : IAsyncDisposable
{
    /// <summary>Where the data is, in words for a log.</summary>
    string Place { get; }

    /// <summary>Opens a view of what is committed now.</summary>
    IReadView OpenView();

    /// <summary>
    /// Runs work as one transaction and returns once it is committed: to be seen by every view opened afterwards and, where storage
    /// is durable, safe from a crash of the process. If the work throws, nothing of it remains and the exception is the result.
    /// </summary>
    /// <param name="work">The work; it must not wait for anything, and keep nothing of the transaction.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers; once the work runs, it is finished.</param>
    ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken = default);
}
