namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>
/// A node of a <see cref="SortedTree{TKey,TValue}"/>. Only the edit that made a node may change it; every other edit copies it first.
/// </summary>
internal abstract class TreeNode<TKey, TValue>(object edit)
    where TKey : struct, IComparable<TKey>
{
    public const int Capacity = 64;
    public const int Sparse = Capacity / 4;

    /// <summary>How many keys (of a leaf) or children (of a branch) it has.</summary>
    public int Count;

    /// <summary>The edit that made the node.</summary>
    public object Edit { get; } = edit;
}
