using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>Replaces all of a document but its <c>_id</c>.</summary>
internal sealed class ReplacementUpdate : UpdateOperation
{
    private readonly BsonDocument _replacement;

    public ReplacementUpdate(BsonDocument replacement)
    {
        _replacement = replacement;
        foreach (var name in replacement.Names)
        {
            if (name.StartsWith('$'))
            {
                throw new MongoCommandFailedException(
                    MongoErrorCode.DollarPrefixedFieldName,
                    $"The dollar ($) prefixed field '{name}' in '{name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.");
            }
        }
    }

    public override bool IsReplacement => true;

    protected override BsonDocument Change(BsonDocument source, UpdateContext context)
    {
        var result = BsonCopy.Empty();
        if (source.TryGetValue("_id", out var id)) result.Add("_id", id);
        foreach (var element in _replacement)
        {
            if (element.Name != "_id")
            {
                result.Add(element);
                continue;
            }

            // The _id comes first, wherever the replacement has it.
            result.Remove("_id");
            result.InsertAt(0, element);
        }

        return BsonIdentity.AreIdentical(result, source) ? source : result;
    }
}
