using MongoDB.Bson;

namespace Promethean.Mongo.Embedded.Bson;

/// <summary>Where a top-level element lies in the bytes of its document.</summary>
internal readonly record struct BsonElementSpan(BsonType Type, int Start, int ValueStart, int ValueLength)
{
    public int End => ValueStart + ValueLength;
}
