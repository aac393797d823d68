using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Aggregation.Stages;

/// <summary><c>$count</c>: one document with the number of documents; none if there were none.</summary>
internal sealed class CountStage(string field) : Stage
{
    public static CountStage Parse(BsonValue value, ParseScope scope) => value switch
    {
        BsonString { Value.Length: 0 } or not BsonString => throw MongoCommandFailedException.Location(40156, "the count field must be a non-empty string"),
        BsonString { Value: ['$', ..] } => throw MongoCommandFailedException.Location(40158, "the count field cannot be a $-prefixed path"),
        BsonString name when name.Value.Contains('.') => throw MongoCommandFailedException.Location(40160, "the count field cannot contain '.'"),
        BsonString name => new CountStage(FieldName.Check(name.Value)),
    };

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, PipelineContext context)
    {
        var count = input.LongCount();
        if (count > 0) yield return new BsonDocument(field, count <= int.MaxValue ? new BsonInt32((int)count) : new BsonInt64(count));
    }
}
