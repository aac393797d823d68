namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>A branch: child <c>i</c> has the keys from <c>Lows[i]</c> (for child 0: from anything) to below <c>Lows[i + 1]</c>.</summary>
internal sealed class TreeBranch<TKey, TValue>(object edit) : TreeNode<TKey, TValue>(edit)
    where TKey : struct, IComparable<TKey>
{
    public readonly TKey[] Lows = new TKey[Capacity];
    public readonly TreeNode<TKey, TValue>[] Children = new TreeNode<TKey, TValue>[Capacity];

    public TreeBranch<TKey, TValue> For(object edit)
    {
        if (Edit == edit) return this;
        var copy = new TreeBranch<TKey, TValue>(edit);
        copy.Append(this, 0, Count);
        return copy;
    }

    /// <summary>The child in whose range <paramref name="key"/> lies.</summary>
    public int Find(TKey key)
    {
        var low = 1;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Lows[middle].CompareTo(key) <= 0) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    public void Insert(int at, TKey low, TreeNode<TKey, TValue> child)
    {
        Array.Copy(Lows, at, Lows, at + 1, Count - at);
        Array.Copy(Children, at, Children, at + 1, Count - at);
        Lows[at] = low;
        Children[at] = child;
        Count++;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Array.Copy(Lows, at + 1, Lows, at, Count - at);
        Array.Copy(Children, at + 1, Children, at, Count - at);
        Clear(Count, 1);
    }

    public void Append(TreeBranch<TKey, TValue> source, int start, int count)
    {
        Array.Copy(source.Lows, start, Lows, Count, count);
        Array.Copy(source.Children, start, Children, Count, count);
        Count += count;
    }

    public void Truncate(int count)
    {
        Clear(count, Count - count);
        Count = count;
    }

    private void Clear(int start, int count)
    {
        Array.Clear(Lows, start, count);
        Array.Clear(Children, start, count);
    }
}
