using System.Globalization;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Oplog;

/// <summary>
/// What an update changed, as the <c>updateDescription</c> of change events: <c>updatedFields</c>, <c>removedFields</c>,
/// <c>truncatedArrays</c> and <c>disambiguatedPaths</c> ("update Event" in MongoDB's manual). Applied to the document before, it gives
/// exactly the document after.
/// </summary>
internal sealed class UpdateDescription
{
    private readonly IReadOnlyList<FieldPath>? _wholePaths;
    private readonly BsonDocument _updated = [];
    private readonly BsonArray _removed = [];
    private readonly BsonArray _truncated = [];
    private readonly BsonDocument _disambiguated = [];
    private readonly List<BsonValue> _path = [];

    private UpdateDescription(IReadOnlyList<FieldPath>? wholePaths) => _wholePaths = wholePaths;

    /// <summary>Describes a change; null if only the whole document can tell it, for its fields stand in another order.</summary>
    /// <param name="before">The document before.</param>
    /// <param name="after">The document after.</param>
    /// <param name="wholePaths">Where operators have set values as a whole, which are told so; a part that begins with <c>$</c> stands for
    /// any element. Null if the update computed a document and the least difference is wanted.</param>
    public static BsonDocument? Of(BsonDocument before, BsonDocument after, IReadOnlyList<FieldPath>? wholePaths)
    {
        if (!KeepsOrder(before, after)) return null;
        var description = new UpdateDescription(wholePaths);
        description.Compare(before, after);
        return new BsonDocument
        {
            { "updatedFields", description._updated },
            { "removedFields", description._removed },
            { "truncatedArrays", description._truncated },
            { "disambiguatedPaths", description._disambiguated },
        };
    }

    private void Compare(BsonDocument before, BsonDocument after)
    {
        foreach (var field in before)
        {
            _path.Add(field.Name);
            if (!after.TryGetValue(field.Name, out var next)) _removed.Add(Path());
            else Compare(field.Value, next);
            _path.RemoveAt(_path.Count - 1);
        }

        foreach (var field in after)
        {
            if (before.Contains(field.Name)) continue;
            _path.Add(field.Name);
            _updated[Path()] = field.Value;
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void Compare(BsonValue before, BsonValue after)
    {
        if (BsonIdentity.AreIdentical(before, after)) return;
        if (!IsWhole())
        {
            if (before is BsonDocument left && after is BsonDocument right && KeepsOrder(left, right))
            {
                Compare(left, right);
                return;
            }

            if (before is BsonArray shorter && after is BsonArray longer && CompareArrays(shorter, longer)) return;
        }

        _updated[Path()] = after;
    }

    private bool CompareArrays(BsonArray before, BsonArray after)
    {
        var common = Math.Min(before.Count, after.Count);
        if (after.Count < before.Count)
        {
            // Operators that take elements out are told by the array they leave.
            if (_wholePaths is not null || common == 0) return false;
            _truncated.Add(new BsonDocument { { "field", Path() }, { "newSize", common } });
        }
        else if (_wholePaths is not null && after.Count > before.Count)
        {
            // One that has put elements anywhere but at the end, too.
            for (var i = 0; i < common; i++)
            {
                if (!BsonIdentity.AreIdentical(before[i], after[i])) return false;
            }
        }

        for (var i = 0; i < after.Count; i++)
        {
            _path.Add(i);
            if (i >= common) _updated[Path()] = after[i];
            else Compare(before[i], after[i]);
            _path.RemoveAt(_path.Count - 1);
        }

        return true;
    }

    private string Path()
    {
        var text = string.Join('.', _path.Select(part => part is BsonString name ? name.Value : part.AsInt32.ToString(CultureInfo.InvariantCulture)));
        if (_path.Exists(part => part is BsonString { Value: var name } && (name.Contains('.') || FieldPath.IndexOf(name) >= 0)))
            _disambiguated[text] = new BsonArray(_path);
        return text;
    }

    private bool IsWhole()
    {
        foreach (var whole in _wholePaths ?? [])
        {
            if (whole.Length == _path.Count && Matches(whole)) return true;
        }

        return false;
    }

    private bool Matches(FieldPath whole)
    {
        for (var i = 0; i < whole.Length; i++)
        {
            var matches = _path[i] is BsonString name ? name.Value == whole.Parts[i] : whole.Parts[i].StartsWith('$') || whole.Index(i) == _path[i].AsInt32;
            if (!matches) return false;
        }

        return true;
    }

    // Whether what stays of the fields stays in order, with new ones behind.
    private static bool KeepsOrder(BsonDocument before, BsonDocument after)
    {
        using var kept = before.Names.Where(after.Contains).GetEnumerator();
        var isNew = false;
        foreach (var name in after.Names)
        {
            if (!before.Contains(name)) isNew = true;
            else if (isNew || !kept.MoveNext() || kept.Current != name) return false;
        }

        return true;
    }
}
