using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Storage;

/// <summary>One field of an index: the path indexed and its direction.</summary>
internal sealed record IndexField(FieldPath Path, bool Descending);
