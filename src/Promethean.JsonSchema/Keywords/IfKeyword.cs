using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

/// <summary>if, then and else.</summary>
internal sealed class IfKeyword(Subschema condition, Subschema? then, Subschema? otherwise) : Keyword("if")
{
    public override bool Evaluate(ref Evaluation run, int at)
    {
        var branch = run.Try(condition, at) ? then : otherwise;
        return branch is null || branch.Evaluate(ref run, at);
    }
}
