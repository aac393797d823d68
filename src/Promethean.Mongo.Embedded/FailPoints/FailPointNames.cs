namespace Promethean.Mongo.Embedded.FailPoints;

/// <summary>The fail points this server has, by MongoDB's names.</summary>
internal static class FailPointNames
{
    /// <summary>Commands fail, hang or lose their connection.</summary>
    public const string FailCommand = "failCommand";

    /// <summary>A retryable write, or a write of a transaction, is carried out but not answered, or fails before it is carried out.</summary>
    public const string TransactionalWrite = "onPrimaryTransactionalWrite";

    /// <summary>A getMore fails after it has found its cursor.</summary>
    public const string GetMore = "failGetMoreAfterCursorCheckout";
}
