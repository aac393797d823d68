namespace Promethean.Workers;

/// <summary>The models that a worker serves, by id. Immutable, so safe from any thread.</summary>
/// <typeparam name="TModel">The face of the models, for example <c>IChatClient</c>.</typeparam>
public sealed class ModelRegistry<TModel>
    where TModel : class
{
    private readonly Dictionary<string, TModel> _models;
    private readonly TModel? _fallback;

    /// <summary>Makes a registry.</summary>
    /// <param name="models">Ids, compared exactly, and their models; the caller keeps them and disposes them.</param>
    /// <param name="fallback">Takes every other id, which it finds in its call's options; it answers for ids it does not know.
    /// None where left out.</param>
    /// <exception cref="ArgumentException">An id is empty.</exception>
    public ModelRegistry(IEnumerable<KeyValuePair<string, TModel>> models, TModel? fallback = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        _models = new(models, StringComparer.Ordinal);
        _fallback = fallback;
        Ids = [.. _models.Keys.Order(StringComparer.Ordinal)];
        if (Ids.Any(string.IsNullOrWhiteSpace)) throw new ArgumentException("A model's id must not be empty.", nameof(models));
    }

    /// <summary>The ids registered, in order; those that only a fallback knows are not among them.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>Whether there is nothing to serve.</summary>
    public bool IsEmpty => Ids.Count == 0 && _fallback is null;

    internal TModel? Find(string id) => _models.GetValueOrDefault(id) ?? _fallback;
}
