using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Promethean.JsonSchema.Instances;

namespace Promethean.JsonSchema.Evaluating;

/// <summary>One validation under way.</summary>
internal ref struct Evaluation(Instance instance, Scratch scratch, ErrorList? errors)
{
    private readonly Scratch scratch = scratch;
    private int depth;
    private int scope;
    private bool noting;

    public readonly Instance Instance = instance;

    /// <summary>The schema whose keyword is being looked at.</summary>
    public SchemaNode? Node;

    /// <summary>The schemas went round and round: nothing is valid any more, not even what must not be valid.</summary>
    public bool Aborted { get; private set; }

    /// <summary>The list of errors; null while only the verdict matters.</summary>
    public ErrorList? Errors { get; private set; } = errors;

    /// <summary>Whether a failure is told, and what comes after it looked at; else the first one ends it.</summary>
    [MemberNotNullWhen(true, nameof(Errors))]
    public readonly bool Collecting => Errors is { IsFull: false };

    public readonly bool Noting => noting;

    public readonly Scratch Scratch => scratch;

    public bool Enter(SchemaNode node, int at, out Entered entered)
    {
        entered = new(Node, noting, scope, Pushes(node));
        // Schemas may go in circles that only data closes; the stack is what they use up.
        if (Aborted || ((++depth & 7) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())) return Abort(node, at, entered);
        if (entered.Pushed) scratch.Resources.Add(node.Resource);
        if (node.Notes)
        {
            noting = true;
            scope = scratch.Notes;
        }

        return true;
    }

    public void Leave(SchemaNode node, Entered entered)
    {
        depth--;
        Node = entered.Node;
        if (entered.Pushed) scratch.Resources.RemoveAt(scratch.Resources.Count - 1);
        if (!node.Notes) return;
        if (!entered.Noting) scratch.ForgetTo(scope);
        noting = entered.Noting;
        scope = entered.Scope;
    }

    public readonly void Note(int slot)
    {
        if (noting) scratch.Note(slot);
    }

    public readonly bool Noted(int slot) => scratch.NotedSince(scope, slot);

    /// <summary>Tells what is wrong with the value at a slot; false, for the caller to return.</summary>
    public readonly bool Fail(Keyword keyword, int at, string message, int weight = 1) => Fail(Node!, keyword.Name, at, message, weight);

    public readonly bool Fail(SchemaNode node, string keyword, int at, string message, int weight = 1, SchemaError? root = null)
    {
        var path = keyword.Length == 0 ? "" : $"/{keyword}";
        if (node.Description is { } description && root is null) message = $"{message} ({description})";
        Errors?.Add(new(Errors.Trail.Location(Instance, at), string.Concat(Errors.Trail.Path) + path, node.Location + path, message) { Weight = weight, Root = root! });
        return false;
    }

    /// <summary>Whether the value satisfies the schema, with nothing told.</summary>
    public bool Try(Subschema schema, int at)
    {
        var errors = Errors;
        var notes = scratch.Notes;
        Errors = null;
        var valid = schema.Evaluate(ref this, at);
        Errors = errors;
        if (!valid) scratch.ForgetTo(notes);
        return valid;
    }

    /// <summary>The errors of one of several alternatives; null where it is satisfied.</summary>
    public ErrorList? Collect(Subschema schema, int at)
    {
        var outer = Errors!;
        var notes = scratch.Notes;
        var inner = new ErrorList(outer.Max, outer.Trail);
        Errors = inner;
        var valid = schema.Evaluate(ref this, at);
        Errors = outer;
        if (!valid) scratch.ForgetTo(notes);
        return valid ? null : inner;
    }

    private readonly bool Pushes(SchemaNode node) => scratch.Resources.Count == 0 || scratch.Resources[^1] != node.Resource;

    private bool Abort(SchemaNode node, int at, Entered entered)
    {
        if (!Aborted)
        {
            depth--;
            Errors?.Add(new(Errors.Trail.Location(Instance, at), string.Concat(Errors.Trail.Path), node.Location, "cannot be judged: the schema refers to itself without end, or is nested too deep"));
        }

        Aborted = true;
        Node = entered.Node;
        return false;
    }
}
