namespace Promethean.JsonSchema.Evaluating;

/// <summary>Collects errors up to a bound.</summary>
internal sealed class ErrorList(int max, Trail trail)
{
    public Trail Trail { get; } = trail;

    public List<SchemaError> Errors { get; } = [];

    public int Max => max;

    public bool IsFull => Errors.Count >= max;

    public void Add(SchemaError error)
    {
        if (!IsFull) Errors.Add(error);
    }
}
