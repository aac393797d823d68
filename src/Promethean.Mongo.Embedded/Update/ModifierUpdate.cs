using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;
using Promethean.Mongo.Embedded.Update.Operators;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>Applies update operators, each at its path, in the order of the paths.</summary>
internal sealed class ModifierUpdate(Modifier[] modifiers) : UpdateOperation
{
    /// <summary>MongoDB's limit on the nulls that fill an array up to a far position.</summary>
    private const int MaxPadding = 1_500_000;

    public override IReadOnlyList<FieldPath> WholePaths { get; } =
        [.. modifiers.Where(modifier => modifier.Operator is not (PushOperator or AddToSetOperator)).Select(modifier => modifier.Path.Fields)];

    protected override BsonDocument Change(BsonDocument source, UpdateContext context)
    {
        var result = BsonCopy.Deep(source);
        var changed = false;
        foreach (var modifier in modifiers)
        {
            if (modifier.Operator.IsActive(context)) changed |= Enter(result, modifier, 0, result, context);
        }

        return changed ? result : source;
    }

    // Applies the modifier below `container`, in which `part` is to be found; returns whether anything changed.
    private static bool Enter(BsonValue container, Modifier modifier, int part, BsonDocument root, UpdateContext context)
    {
        var path = modifier.Path;
        if (path.IsMany(part))
        {
            return container is BsonArray all ? EnterMany(all, modifier, part, root, context) : throw NoArray(path, part, container);
        }

        var name = path.Name(part, context);
        var current = container switch
        {
            BsonDocument document => document.TryGetValue(name, out var value) ? value : null,
            BsonArray array => ElementAt(array, name, path, part, modifier.Operator),
            _ => modifier.Operator.Creates ? throw NotViable(path, part, name, container) : null,
        };
        if (part + 1 == path.Length)
        {
            return Store(container, name, current, modifier.Operator.Apply(current, new FieldPlace(root, path.Text, context)));
        }

        if (current is BsonDocument or BsonArray) return Enter(current, modifier, part + 1, root, context);
        if (path.IsMany(part + 1)) throw NoArray(path, part + 1, current);
        if (current is not null) return modifier.Operator.Creates ? throw NotViable(path, part + 1, path.Name(part + 1, context), current) : false;
        if (!modifier.Operator.Creates) return false;
        var created = new BsonDocument();
        // Nothing is left behind where the operator has nothing to store.
        return Enter(created, modifier, part + 1, root, context) && Store(container, name, null, created);
    }

    private static bool EnterMany(BsonArray array, Modifier modifier, int part, BsonDocument root, UpdateContext context)
    {
        var path = modifier.Path;
        var changed = false;
        for (var i = 0; i < array.Count; i++)
        {
            var element = array[i];
            if (!path.Selects(part, element)) continue;
            if (part + 1 == path.Length)
            {
                var result = modifier.Operator.Apply(element, new FieldPlace(root, path.Text, context));
                if (ReferenceEquals(result, element)) continue;
                array[i] = result ?? BsonNull.Value;
                changed = true;
            }
            else
            {
                changed |= Enter(element, modifier, part + 1, root, context);
            }
        }

        return changed;
    }

    private static BsonValue? ElementAt(BsonArray array, string name, UpdatePath path, int part, FieldOperator change)
    {
        var index = FieldPath.IndexOf(name);
        if (index < 0) return change.Creates ? throw NotViable(path, part, name, array) : null;
        return index < array.Count ? array[index] : null;
    }

    private static bool Store(BsonValue container, string name, BsonValue? before, BsonValue? after)
    {
        if (ReferenceEquals(before, after)) return false;
        switch (container)
        {
            case BsonDocument document when after is null:
                document.Remove(name);
                break;
            case BsonDocument document:
                document[name] = after;
                break;
            case BsonArray array:
                Put(array, FieldPath.IndexOf(name), after ?? BsonNull.Value);
                break;
        }

        return true;
    }

    private static void Put(BsonArray array, int index, BsonValue value)
    {
        if (index - array.Count > MaxPadding)
        {
            throw MongoCommandFailedException.BadValue($"can't backfill more than {MaxPadding} elements");
        }

        while (array.Count <= index) array.Add(BsonNull.Value);
        array[index] = value;
    }

    private static MongoCommandFailedException NoArray(UpdatePath path, int part, BsonValue? value) => MongoCommandFailedException.BadValue(
        value is null
            ? $"The path '{path.Prefix(part)}' must exist in the document in order to apply array updates."
            : $"Cannot apply array updates to non-array element {path.Prefix(part)}: {value}");

    private static MongoCommandFailedException NotViable(UpdatePath path, int part, string name, BsonValue container) =>
        new(MongoErrorCode.PathNotViable, $"Cannot create field '{name}' in element {{{(part == 0 ? string.Empty : path.Fields.Parts[part - 1])}: {container}}}");
}
