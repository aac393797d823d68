namespace Promethean.JsonSchema.Evaluating;

/// <summary>Collects errors up to a bound, and knows the way taken through the schema.</summary>
internal sealed class ErrorList(int max, List<string> path)
{
    public List<string> Path { get; } = path;

    public List<SchemaError> Errors { get; } = [];

    public int Max => max;

    public bool IsFull => Errors.Count >= max;

    public void Add(SchemaError error)
    {
        if (!IsFull) Errors.Add(error);
    }
}
