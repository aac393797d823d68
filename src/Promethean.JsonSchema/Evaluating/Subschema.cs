namespace Promethean.JsonSchema.Evaluating;

/// <summary>A schema within another one, or referred to by it.</summary>
/// <param name="Node">The schema.</param>
/// <param name="Path">The way to it from the schema it is within, as a piece of a JSON pointer: <c>/properties/a</c>.</param>
internal sealed record Subschema(SchemaNode Node, string Path)
{
    public bool Evaluate(ref Evaluation run, int at)
    {
        if (!run.Collecting) return Node.Evaluate(ref run, at);
        var path = run.Errors.Trail.Path;
        path.Add(Path);
        var valid = Node.Evaluate(ref run, at);
        path.RemoveAt(path.Count - 1);
        return valid;
    }
}
