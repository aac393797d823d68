using System.Text;
using Promethean.JsonSchema.Evaluating;
using Promethean.JsonSchema.Instances;
using Promethean.JsonSchema.Patterns;

namespace Promethean.JsonSchema.Keywords;

/// <summary>properties, patternProperties and additionalProperties, which depends on the two.</summary>
internal sealed class MembersKeyword(
    IReadOnlyList<string> names, Subschema[] schemas, (Pattern Pattern, Subschema Schema)[] patterns, Subschema? additional) : Keyword("properties")
{
    private readonly NameTable table = new(names);

    public override bool Evaluate(ref Evaluation run, int at)
    {
        ref readonly var slot = ref run.Instance.Slots[at];
        if (slot.Kind != TokenKind.Object) return true;
        var valid = true;
        for (var name = at + 1; name < slot.End; name = run.Instance.Slots[name + 1].End)
        {
            if (run.Instance.Slots[name].Shadowed) continue;
            if (EvaluateMember(ref run, name)) continue;
            valid = false;
            if (!run.Collecting) return false;
        }

        return valid;
    }

    private bool EvaluateMember(ref Evaluation run, int name)
    {
        var text = run.Instance.Text(name);
        var value = name + 1;
        var valid = true;
        var place = table.Find(text);
        var matched = place >= 0;
        if (matched)
        {
            run.Note(value);
            valid = schemas[place].Evaluate(ref run, value);
        }

        foreach (var (pattern, schema) in patterns)
        {
            if (!valid && !run.Collecting) return false;
            if (!pattern.IsMatch(text)) continue;
            matched = true;
            run.Note(value);
            valid &= schema.Evaluate(ref run, value);
        }

        if (matched || additional is null) return valid;
        run.Note(value);
        return additional.Node.Never && run.Collecting
            ? run.Fail(run.Node!, "additionalProperties", value, $"is not a known member{Nearest(text)}")
            : additional.Evaluate(ref run, value);
    }

    private string Nearest(ReadOnlySpan<byte> text)
    {
        var name = Encoding.UTF8.GetString(text);
        var same = names.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
        const int shown = 12;
        return same is not null ? $"; {Words.Quoted(same)} is"
            : names.Count == 0 ? "; none is"
            : $"; known are {Words.List(names.Take(shown).Select(Words.Quoted))}{(names.Count > shown ? ", …" : "")}";
    }
}
