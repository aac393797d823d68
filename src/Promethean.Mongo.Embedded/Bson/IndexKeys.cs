using MongoDB.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>
/// The keys a document has under a list of paths, as MongoDB's indexes and sorts see it ("Multikey Indexes" in the manual):
/// an array gives one key per element, an empty array the value undefined, a missing field null; paths that share an array
/// walk it together, and two different arrays in one key are an error.
/// </summary>
internal static class IndexKeys
{
    /// <summary>
    /// Adds the document's keys, each with one value per path, to <paramref name="keys"/>; equal keys may come more than once.
    /// Returns whether an array was spread (the index is multikey by this document).
    /// </summary>
    /// <exception cref="MongoCommandFailedException">Code 171, CannotIndexParallelArrays.</exception>
    public static bool Extract(BsonDocument document, IReadOnlyList<FieldPath> paths, List<BsonValue[]> keys)
    {
        var values = new BsonValue?[paths.Count];
        var parts = new int[paths.Count];
        return Extract(document, paths, values, parts, keys);
    }

    // values[i] != null: path i is settled. Else its first parts[i] parts lead to `document`.
    private static bool Extract(BsonDocument document, IReadOnlyList<FieldPath> paths, BsonValue?[] values, int[] parts, List<BsonValue[]> keys)
    {
        BsonArray? spread = null;
        var spreader = -1;
        var waiting = new bool[paths.Count];
        for (var i = 0; i < paths.Count; i++)
        {
            if (values[i] is not null) continue;
            var array = Descend(document, paths[i], ref parts[i], out var value);
            if (array is null)
            {
                values[i] = value;
                continue;
            }

            if (spreader >= 0 && !SamePlace(paths[spreader], parts[spreader], paths[i], parts[i]))
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.CannotIndexParallelArrays,
                    $"cannot index parallel arrays [{paths[i].Parts[parts[i] - 1]}] [{paths[spreader].Parts[parts[spreader] - 1]}]");
            }

            waiting[i] = true;
            spread = array;
            spreader = i;
        }

        if (spread is null)
        {
            keys.Add(values!);
            return false;
        }

        if (spread.Count == 0)
        {
            var empty = (BsonValue?[])values.Clone();
            for (var i = 0; i < empty.Length; i++)
            {
                if (waiting[i]) empty[i] = parts[i] == paths[i].Length ? BsonUndefined.Value : BsonNull.Value;
            }

            keys.Add(empty!);
            return true;
        }

        foreach (var item in spread)
        {
            var each = (BsonValue?[])values.Clone();
            for (var i = 0; i < each.Length; i++)
            {
                if (!waiting[i]) continue;
                if (parts[i] == paths[i].Length) each[i] = item;
                else if (item is not BsonDocument) each[i] = BsonNull.Value;
            }

            Extract(item as BsonDocument ?? new BsonDocument(), paths, each, (int[])parts.Clone(), keys);
        }

        return true;
    }

    // Follows one path to its value, or to the array that must be spread.
    private static BsonArray? Descend(BsonDocument document, FieldPath path, ref int part, out BsonValue? value)
    {
        BsonValue current = document;
        while (true)
        {
            if (current is BsonArray array)
            {
                var index = part < path.Length ? path.Index(part) : -1;
                if (index < 0 || index >= array.Count)
                {
                    value = null;
                    return array;
                }

                current = array[index];
                part++;
            }
            else if (part == path.Length)
            {
                value = current;
                return null;
            }
            else if (current is BsonDocument inner && path.Step(inner, part) is { } next)
            {
                current = next;
                part++;
            }
            else
            {
                value = BsonNull.Value;
                return null;
            }
        }
    }

    private static bool SamePlace(FieldPath left, int leftParts, FieldPath right, int rightParts)
    {
        if (leftParts != rightParts) return false;
        for (var i = 0; i < leftParts; i++)
        {
            if (!string.Equals(left.Parts[i], right.Parts[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }
}
