namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>
/// An immutable B+tree: O(log n) lookup, and scans from any key in either direction. <see cref="Edit"/> makes a changed tree that
/// shares all untouched nodes with this one, so a reader's view costs nothing and is never disturbed.
/// </summary>
internal sealed class SortedTree<TKey, TValue>
    where TKey : struct, IComparable<TKey>
{
    private readonly TreeNode<TKey, TValue>? _root;

    internal SortedTree(TreeNode<TKey, TValue>? root, long count)
    {
        _root = root;
        Count = count;
    }

    public static SortedTree<TKey, TValue> Empty { get; } = new(null, 0);

    public long Count { get; }

    /// <summary>Begins a changed version of this tree.</summary>
    public SortedTreeEdit<TKey, TValue> Edit() => new(_root, Count);

    public bool TryFind(TKey key, out TValue value)
    {
        var node = _root;
        while (node is TreeBranch<TKey, TValue> branch) node = branch.Children[branch.Find(key)];
        if (node is TreeLeaf<TKey, TValue> leaf)
        {
            var at = leaf.Find(key);
            if (at < leaf.Count && leaf.Keys[at].CompareTo(key) == 0)
            {
                value = leaf.Values[at];
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <summary>The first key that is not less than another.</summary>
    public bool TryFirst(TKey from, out TKey first)
    {
        var node = _root;
        TreeNode<TKey, TValue>? right = null;
        while (node is TreeBranch<TKey, TValue> branch)
        {
            var child = branch.Find(from);
            if (child + 1 < branch.Count) right = branch.Children[child + 1];
            node = branch.Children[child];
        }

        var leaf = (TreeLeaf<TKey, TValue>?)node;
        var at = leaf?.Find(from) ?? 0;
        if (at >= (leaf?.Count ?? 0))
        {
            // All of this leaf is less: the first of the next one is it.
            while (right is TreeBranch<TKey, TValue> branch) right = branch.Children[0];
            (leaf, at) = ((TreeLeaf<TKey, TValue>?)right, 0);
        }

        first = leaf is null ? default : leaf.Keys[at];
        return leaf is not null;
    }

    /// <summary>The greatest key; the tree must not be empty.</summary>
    public TKey Last()
    {
        var node = _root;
        while (node is TreeBranch<TKey, TValue> branch) node = branch.Children[branch.Count - 1];
        var leaf = (TreeLeaf<TKey, TValue>)node!;
        return leaf.Keys[leaf.Count - 1];
    }

    /// <summary>The items from a key on, ascending.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> From(TKey key) => Scan(key, backward: false);

    /// <summary>The items below a key, descending.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Below(TKey key) => Scan(key, backward: true);

    private IEnumerable<KeyValuePair<TKey, TValue>> Scan(TKey key, bool backward)
    {
        if (_root is null) yield break;
        var path = new Stack<(TreeBranch<TKey, TValue> Branch, int Child)>();
        var node = _root;
        while (node is TreeBranch<TKey, TValue> branch)
        {
            var child = branch.Find(key);
            path.Push((branch, child));
            node = branch.Children[child];
        }

        var leaf = (TreeLeaf<TKey, TValue>)node;
        var at = leaf.Find(key);
        if (backward) at--;
        while (true)
        {
            while (at >= 0 && at < leaf.Count)
            {
                yield return new KeyValuePair<TKey, TValue>(leaf.Keys[at], leaf.Values[at]);
                at += backward ? -1 : 1;
            }

            if (Neighbour(path, backward) is not { } next) yield break;
            leaf = next;
            at = backward ? leaf.Count - 1 : 0;
        }
    }

    private static TreeLeaf<TKey, TValue>? Neighbour(Stack<(TreeBranch<TKey, TValue> Branch, int Child)> path, bool backward)
    {
        while (path.TryPop(out var place))
        {
            var child = place.Child + (backward ? -1 : 1);
            if (child < 0 || child >= place.Branch.Count) continue;
            path.Push((place.Branch, child));
            var node = place.Branch.Children[child];
            while (node is TreeBranch<TKey, TValue> branch)
            {
                child = backward ? branch.Count - 1 : 0;
                path.Push((branch, child));
                node = branch.Children[child];
            }

            return (TreeLeaf<TKey, TValue>)node;
        }

        return null;
    }
}
