namespace Promethean.Mongo.Embedded.Storage.Memory;

/// <summary>A leaf: keys in order, each with its value.</summary>
internal sealed class TreeLeaf<TKey, TValue>(object edit) : TreeNode<TKey, TValue>(edit)
    where TKey : struct, IComparable<TKey>
{
    public readonly TKey[] Keys = new TKey[Capacity];
    public readonly TValue[] Values = new TValue[Capacity];

    public TreeLeaf<TKey, TValue> For(object edit)
    {
        if (Edit == edit) return this;
        var copy = new TreeLeaf<TKey, TValue>(edit);
        copy.Append(this, 0, Count);
        return copy;
    }

    /// <summary>The place of the first key that is not less than <paramref name="key"/>.</summary>
    public int Find(TKey key)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Keys[middle].CompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    public void Insert(int at, TKey key, TValue value)
    {
        Array.Copy(Keys, at, Keys, at + 1, Count - at);
        Array.Copy(Values, at, Values, at + 1, Count - at);
        Keys[at] = key;
        Values[at] = value;
        Count++;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Array.Copy(Keys, at + 1, Keys, at, Count - at);
        Array.Copy(Values, at + 1, Values, at, Count - at);
        Clear(Count, 1);
    }

    public void Append(TreeLeaf<TKey, TValue> source, int start, int count)
    {
        Array.Copy(source.Keys, start, Keys, Count, count);
        Array.Copy(source.Values, start, Values, Count, count);
        Count += count;
    }

    public void Truncate(int count)
    {
        Clear(count, Count - count);
        Count = count;
    }

    private void Clear(int start, int count)
    {
        Array.Clear(Keys, start, count);
        Array.Clear(Values, start, count);
    }
}
