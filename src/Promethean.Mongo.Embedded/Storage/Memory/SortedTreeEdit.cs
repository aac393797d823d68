namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>
/// A <see cref="SortedTree{TKey,TValue}"/> being changed. Nodes are copied the first time this edit touches them and changed in
/// place afterwards. For one thread.
/// </summary>
internal sealed class SortedTreeEdit<TKey, TValue>
    where TKey : struct, IComparable<TKey>
{
    private const int Capacity = TreeNode<TKey, TValue>.Capacity;

    private TreeNode<TKey, TValue>? _root;
    private long _count;
    private object _edit = new();

    internal SortedTreeEdit(TreeNode<TKey, TValue>? root, long count)
    {
        _root = root;
        _count = count;
    }

    /// <summary>The tree as it is now; later changes of this edit do not touch it.</summary>
    public SortedTree<TKey, TValue> ToTree()
    {
        _edit = new object();
        return new SortedTree<TKey, TValue>(_root, _count);
    }

    /// <summary>The tree as it is now, to be read only until the next change of this edit.</summary>
    public SortedTree<TKey, TValue> Peek() => new(_root, _count);

    /// <summary>Adds an item or replaces the value of its key.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_root is null)
        {
            var leaf = new TreeLeaf<TKey, TValue>(_edit);
            leaf.Insert(0, key, value);
            _root = leaf;
            _count = 1;
            return;
        }

        _root = Set(_root, key, value, out var split);
        if (split is not { } right) return;
        var root = new TreeBranch<TKey, TValue>(_edit);
        root.Insert(0, default, _root);
        root.Insert(1, right.Low, right.Node);
        _root = root;
    }

    /// <summary>Removes a key; returns whether it was there.</summary>
    public bool Remove(TKey key)
    {
        if (_root is null) return false;
        var before = _count;
        _root = Remove(_root, key);
        while (_root is TreeBranch<TKey, TValue> { Count: 1 } branch) _root = branch.Children[0];
        return _count != before;
    }

    private TreeNode<TKey, TValue> Set(TreeNode<TKey, TValue> node, TKey key, TValue value, out (TKey Low, TreeNode<TKey, TValue> Node)? split)
    {
        split = null;
        if (node is TreeLeaf<TKey, TValue> shared) return SetInLeaf(shared.For(_edit), key, value, out split);
        var branch = ((TreeBranch<TKey, TValue>)node).For(_edit);
        var child = branch.Find(key);
        branch.Children[child] = Set(branch.Children[child], key, value, out var below);
        if (below is not { } right) return branch;
        if (branch.Count < Capacity)
        {
            branch.Insert(child + 1, right.Low, right.Node);
            return branch;
        }

        // Keys mostly grow: a node split at its very end stays full, so that ordered inserts fill the tree.
        var sibling = new TreeBranch<TKey, TValue>(_edit);
        var keep = child + 1 == Capacity ? Capacity - 1 : Capacity / 2;
        sibling.Append(branch, keep, branch.Count - keep);
        branch.Truncate(keep);
        if (child + 1 <= keep && keep != Capacity - 1) branch.Insert(child + 1, right.Low, right.Node);
        else sibling.Insert(child + 1 - keep, right.Low, right.Node);
        split = (sibling.Lows[0], sibling);
        return branch;
    }

    private TreeLeaf<TKey, TValue> SetInLeaf(TreeLeaf<TKey, TValue> leaf, TKey key, TValue value, out (TKey Low, TreeNode<TKey, TValue> Node)? split)
    {
        split = null;
        var at = leaf.Find(key);
        if (at < leaf.Count && leaf.Keys[at].CompareTo(key) == 0)
        {
            leaf.Values[at] = value;
            return leaf;
        }

        _count++;
        if (leaf.Count < Capacity)
        {
            leaf.Insert(at, key, value);
            return leaf;
        }

        var sibling = new TreeLeaf<TKey, TValue>(_edit);
        var keep = at == Capacity ? Capacity : Capacity / 2;
        sibling.Append(leaf, keep, leaf.Count - keep);
        leaf.Truncate(keep);
        if (at < keep) leaf.Insert(at, key, value);
        else sibling.Insert(at - keep, key, value);
        split = (sibling.Keys[0], sibling);
        return leaf;
    }

    private TreeNode<TKey, TValue>? Remove(TreeNode<TKey, TValue> node, TKey key)
    {
        if (node is TreeLeaf<TKey, TValue> shared)
        {
            var at = shared.Find(key);
            if (at >= shared.Count || shared.Keys[at].CompareTo(key) != 0) return shared;
            _count--;
            if (shared.Count == 1) return null;
            var leaf = shared.For(_edit);
            leaf.RemoveAt(at);
            return leaf;
        }

        var place = ((TreeBranch<TKey, TValue>)node).Find(key);
        var before = _count;
        var child = Remove(((TreeBranch<TKey, TValue>)node).Children[place], key);
        if (_count == before) return node;
        var branch = ((TreeBranch<TKey, TValue>)node).For(_edit);
        if (child is null)
        {
            branch.RemoveAt(place);
            return branch.Count == 0 ? null : branch;
        }

        branch.Children[place] = child;
        if (child.Count < TreeNode<TKey, TValue>.Sparse) Merge(branch, place);
        return branch;
    }

    // Joins a sparse child with a neighbour if both fit one node.
    private void Merge(TreeBranch<TKey, TValue> branch, int place)
    {
        var left = place > 0 ? place - 1 : place;
        if (left + 1 >= branch.Count || branch.Children[left].Count + branch.Children[left + 1].Count > Capacity) return;
        if (branch.Children[left] is TreeLeaf<TKey, TValue> leaf)
        {
            var joined = leaf.For(_edit);
            joined.Append((TreeLeaf<TKey, TValue>)branch.Children[left + 1], 0, branch.Children[left + 1].Count);
            branch.Children[left] = joined;
        }
        else
        {
            var joined = ((TreeBranch<TKey, TValue>)branch.Children[left]).For(_edit);
            var right = (TreeBranch<TKey, TValue>)branch.Children[left + 1];
            var first = joined.Count;
            joined.Append(right, 0, right.Count);
            joined.Lows[first] = branch.Lows[left + 1];
            branch.Children[left] = joined;
        }

        branch.RemoveAt(left + 1);
    }
}
