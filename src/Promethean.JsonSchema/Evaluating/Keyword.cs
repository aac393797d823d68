namespace Promethean.JsonSchema.Evaluating;

/// <summary>One keyword of a compiled schema, or several that are looked at together.</summary>
/// <param name="name">As the schema writes it; of several, the one that errors speak of.</param>
internal abstract class Keyword(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether the value at a slot satisfies it; where errors are collected, it says why not.</summary>
    public abstract bool Evaluate(ref Evaluation run, int at);
}
