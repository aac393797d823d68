using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema.Keywords;

/// <summary>Says what is wrong with a value that satisfies none of several schemas: what keeps it from the nearest.</summary>
internal static class Alternatives
{
    public static bool Tell(ref Evaluation run, Keyword keyword, int at, Subschema[] schemas, ErrorList?[] errors)
    {
        var nearest = Enumerable.Range(0, schemas.Length).MinBy(i => Weight(errors[i]!));
        var found = errors[nearest]!.Errors;
        var none = schemas.Length == 1 ? "does not satisfy the alternative" : $"satisfies none of {schemas.Length} alternatives";
        if (found.Count == 0) return run.Fail(keyword, at, none);
        var root = found[0].Root;
        run.Fail(run.Node!, keyword.Name, at, $"{none}; the nearest is {Title(schemas[nearest])}: {root}", WeightOf(found), root);
        foreach (var error in found) run.Errors?.Add(error);
        return false;
    }

    /// <summary>What an alternative is called: where it stands.</summary>
    public static string Title(Subschema schema)
    {
        var location = schema.Node.Keywords is [RefKeyword reference] ? reference.Target.Location : schema.Node.Location;
        return location[location.LastIndexOf('#')..];
    }

    private static int Weight(ErrorList errors) => WeightOf(errors.Errors);

    private static int WeightOf(List<SchemaError> errors) => errors.Where(error => error.Root == error).Sum(error => error.Weight);
}
