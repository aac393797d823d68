namespace Promethean.Vectors;

/// <summary>Which records may be found, by their metadata.</summary>
/// <remarks>
/// Plain two-valued logic: a comparison with a name that a record lacks is false, so its <see cref="Not"/> is true.
/// Values compare as <see cref="VectorValue"/> does: kind and content. The kinds of filter are closed, so that an adapter
/// can translate each of them.
/// </remarks>
public abstract record VectorFilter
{
    private protected VectorFilter()
    {
    }

    /// <summary>The name has this single value.</summary>
    /// <param name="key">The metadata name.</param>
    /// <param name="value">A single value; for arrays see <see cref="Contains"/>.</param>
    public static VectorFilter Equal(string key, VectorValue value) => new EqualFilter(Name(key), Single(value));

    /// <summary>The name has one of these single values.</summary>
    /// <param name="key">The metadata name.</param>
    /// <param name="values">Single values, at least one.</param>
    public static VectorFilter In(string key, params IEnumerable<VectorValue> values) =>
        new InFilter(Name(key), [.. Some(values, nameof(values)).Select(Single)]);

    /// <summary>The name has an array with this value among its elements.</summary>
    /// <param name="key">The metadata name.</param>
    /// <param name="value">A single value.</param>
    public static VectorFilter Contains(string key, VectorValue value) => new ContainsFilter(Name(key), Single(value));

    /// <summary>All of the filters hold.</summary>
    /// <param name="filters">At least one filter: whether an empty list means all or nothing is a trap, so it is refused.</param>
    public static VectorFilter And(params IEnumerable<VectorFilter> filters) => new AndFilter(Some(filters, nameof(filters)));

    /// <summary>At least one of the filters holds.</summary>
    /// <param name="filters">At least one filter.</param>
    public static VectorFilter Or(params IEnumerable<VectorFilter> filters) => new OrFilter(Some(filters, nameof(filters)));

    /// <summary>The filter does not hold; true also for a record that lacks the name.</summary>
    /// <param name="filter">The filter to negate.</param>
    public static VectorFilter Not(VectorFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new NotFilter(filter);
    }

    /// <summary>Whether a record with this metadata passes.</summary>
    /// <param name="metadata">The record's metadata.</param>
    public abstract bool Matches(VectorMetadata metadata);

    private static string Name(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return key;
    }

    private static VectorValue Single(VectorValue value) =>
        value.Kind is VectorValueKind.None || value.IsArray ? throw new ArgumentException("A filter compares with single values; for arrays use Contains.", nameof(value)) : value;

    private static T[] Some<T>(IEnumerable<T> items, string parameter)
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        T[] list = [.. items];
        if (list.Length == 0) throw new ArgumentException("The list is empty; whether that means all or nothing is not defined.", parameter);
        return Array.TrueForAll(list, item => item is not null) ? list : throw new ArgumentException("The list holds null.", parameter);
    }
}
