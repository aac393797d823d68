namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>The kinds of changes, named as the <c>operationType</c> of change events ("Change Events" in MongoDB's manual).</summary>
internal static class OperationType
{
    public const string Insert = "insert";
    public const string Update = "update";
    public const string Replace = "replace";
    public const string Delete = "delete";
    public const string Drop = "drop";
    public const string Rename = "rename";
    public const string DropDatabase = "dropDatabase";
    public const string Create = "create";
    public const string CreateIndexes = "createIndexes";
    public const string DropIndexes = "dropIndexes";
    public const string Modify = "modify";
    public const string Invalidate = "invalidate";

    /// <summary>Whether only streams with <c>showExpandedEvents</c> show it.</summary>
    public static bool IsExpanded(string type) => type is Create or CreateIndexes or DropIndexes or Modify;
}
