using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary><c>$rename</c>, applied at the new name: takes the value from the old one. Neither may lie in an array.</summary>
internal sealed class RenameOperator(string source) : FieldOperator
{
    private readonly FieldPath _source = FieldPath.Parse(source);

    public override BsonValue? Apply(BsonValue? current, FieldPlace place)
    {
        CheckNoArray(place, _source, "source");
        CheckNoArray(place, FieldPath.Parse(place.Path), "destination");
        BsonDocument? holder = place.Root;
        for (var part = 0; part < _source.Length - 1 && holder is not null; part++) holder = _source.Step(holder, part) as BsonDocument;
        var name = _source.Parts[_source.Length - 1];
        if (holder is null || !holder.TryGetValue(name, out var value)) return current;
        holder.Remove(name);
        return value;
    }

    private static void CheckNoArray(FieldPlace place, FieldPath path, string role)
    {
        BsonValue? value = place.Root;
        for (var part = 0; part < path.Length - 1 && value is BsonDocument document; part++)
        {
            value = path.Step(document, part);
            if (value is BsonArray)
            {
                throw MongoCommandFailedException.BadValue(
                    $"The {role} field cannot be an array element, '{path}' in doc with {place.Id} has an array field called '{path.Parts[part]}'");
            }
        }
    }
}
