namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>A write outside of transactions meets what an open transaction has written: it is to be tried again when that one has ended.</summary>
internal sealed class WriteBlockedException(Task ended) : Exception("An open transaction has written the same document or key.")
{
    /// <summary>Ends with the transaction.</summary>
    public Task Ended => ended;
}
