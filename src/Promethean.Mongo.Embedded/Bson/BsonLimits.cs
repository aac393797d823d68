namespace Promethean.Mongo.Embedded.Bson;

/// <summary>What a document may be at most, as in MongoDB.</summary>
internal static class BsonLimits
{
    public const int MaxDocumentBytes = 16 * 1024 * 1024;

    /// <summary>Replies may exceed a document by this much, so that a document of the greatest size still fits one.</summary>
    public const int MaxReplyBytes = MaxDocumentBytes + 16 * 1024;

    public const int MaxNesting = 200;
}
