using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>Reads an update of operators, <c>{$set: {path: value, …}, $inc: {…}, …}</c>.</summary>
internal static class ModifierParser
{
    public static UpdateOperation Parse(BsonDocument update, ArrayFilters arrayFilters)
    {
        var modifiers = new List<Modifier>();
        var touched = new List<FieldPath>();
        foreach (var group in update)
        {
            if (!UpdateOperators.IsKnown(group.Name))
            {
                throw MongoCommandFailedException.FailedToParse(
                    $"Unknown modifier: {group.Name}. Expected a valid update modifier or pipeline-style update specified as an array");
            }

            if (group.Value is not BsonDocument fields)
            {
                throw MongoCommandFailedException.FailedToParse(
                    $"Modifiers operate on fields but we found type {BsonTypeNames.Of(group.Value.BsonType)} instead. For example: {{$mod: {{<field>: ...}}}} not {{{group.Name}: {group.Value}}}");
            }

            foreach (var field in fields)
            {
                var path = UpdatePath.Parse(group.Name == "$rename" ? RenameTarget(field) : field.Name, arrayFilters);
                modifiers.Add(new Modifier(path, UpdateOperators.Parse(group.Name, field)));
                touched.Add(path.Fields);
                if (group.Name == "$rename") touched.Add(FieldPath.Parse(field.Name));
            }
        }

        CheckConflicts(touched);
        arrayFilters.CheckAllUsed(update);
        // New fields appear in this order, whatever the order of the operators.
        modifiers.Sort((x, y) => ComparePaths(x.Path.Fields, y.Path.Fields));
        return new ModifierUpdate([.. modifiers]);
    }

    private static string RenameTarget(BsonElement rename)
    {
        if (rename.Value is not BsonString target) throw MongoCommandFailedException.BadValue($"The 'to' field for $rename must be a string: {rename}");
        if (target.Value == rename.Name) throw MongoCommandFailedException.BadValue($"The source and target field for $rename must differ: {rename}");
        if (UpdatePath.Parse(rename.Name, ArrayFilters.Parse(null)).IsDynamic)
        {
            throw MongoCommandFailedException.BadValue($"The source field for $rename may not be dynamic: {rename.Name}");
        }

        if (target.Value.Split('.').Any(part => part.StartsWith('$')))
        {
            throw MongoCommandFailedException.BadValue($"The destination field for $rename may not be dynamic: {target.Value}");
        }

        return FieldName.Check(target.Value);
    }

    private static void CheckConflicts(List<FieldPath> paths)
    {
        // In this order a path is followed at once by the paths below it.
        paths.Sort(ComparePaths);
        for (var i = 1; i < paths.Count; i++)
        {
            if (paths[i - 1].IsPrefixOf(paths[i]))
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.ConflictingUpdateOperators, $"Updating the path '{paths[i].Text}' would create a conflict at '{paths[i - 1].Text}'");
            }
        }
    }

    private static int ComparePaths(FieldPath x, FieldPath y)
    {
        for (var i = 0; i < x.Length && i < y.Length; i++)
        {
            var order = x.Index(i) >= 0 && y.Index(i) >= 0
                ? x.Index(i).CompareTo(y.Index(i))
                : string.CompareOrdinal(x.Parts[i], y.Parts[i]);
            if (order != 0) return order;
        }

        return x.Length - y.Length;
    }
}
