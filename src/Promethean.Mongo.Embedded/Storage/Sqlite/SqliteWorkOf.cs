namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>Work with a result.</summary>
internal sealed class SqliteWork<T>(Func<IWriteTransaction, T> work, CancellationToken cancellationToken) : SqliteWork
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _failure;

    public Task<T> Completion => _completion.Task;

    public override void Run(SqliteTransaction transaction)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _failure = new OperationCanceledException(cancellationToken);
            return;
        }

        transaction.BeginWork();
        try
        {
            _result = work(transaction);
            transaction.EndWork();
        }
        catch (Exception failure)
        {
            _failure = failure;
            if (!transaction.RollbackWork()) throw;
        }
    }

    public override void Succeed()
    {
        if (_failure is null) _completion.SetResult(_result);
        else _completion.SetException(_failure);
    }

    public override void Fail(Exception failure) => _completion.SetException(_failure ?? failure);
}
