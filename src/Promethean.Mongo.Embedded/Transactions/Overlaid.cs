namespace Promethean.Mongo.Embedded.Transactions;

/// <summary>Lays what was written over what is stored, both in the same order.</summary>
internal static class Overlaid
{
    /// <summary>The items of both; where both have a key, what was written counts, and null means that it is gone.</summary>
    public static IEnumerable<TItem> Merge<TItem, TKey, TValue>(
        IEnumerable<TItem> stored, Func<TItem, TKey> keyOf, IEnumerable<KeyValuePair<TKey, TValue>> written, bool backward, Func<TKey, TValue, TItem?> read)
        where TItem : struct
        where TKey : struct, IComparable<TKey>
    {
        using var below = stored.GetEnumerator();
        using var above = written.GetEnumerator();
        var hasBelow = below.MoveNext();
        var hasAbove = above.MoveNext();
        while (hasBelow || hasAbove)
        {
            var order = !hasAbove ? -1 : !hasBelow ? 1 : keyOf(below.Current).CompareTo(above.Current.Key) * (backward ? -1 : 1);
            if (order < 0)
            {
                yield return below.Current;
                hasBelow = below.MoveNext();
                continue;
            }

            if (read(above.Current.Key, above.Current.Value) is { } item) yield return item;
            if (order == 0) hasBelow = below.MoveNext();
            hasAbove = above.MoveNext();
        }
    }
}
