namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>What has become of the transaction that a session's latest number stands for.</summary>
internal enum TransactionOutcome
{
    /// <summary>The number is that of a retryable write.</summary>
    NoTransaction,

    /// <summary>It goes on.</summary>
    Open,

    /// <summary>Its changes are there.</summary>
    Committed,

    /// <summary>Nothing of it remains.</summary>
    Aborted,
}
