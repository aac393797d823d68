using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

internal sealed class RefKeyword(string name, SchemaNode target) : Keyword(name)
{
    private readonly Subschema schema = new(target, $"/{name}");

    public SchemaNode Target => target;

    public override bool Evaluate(ref Evaluation run, int at) => schema.Evaluate(ref run, at);
}
