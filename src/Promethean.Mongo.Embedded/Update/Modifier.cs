using Promethean.Mongo.Embedded.Update.Operators;

namespace Promethean.Mongo.Embedded.Update;

/// <summary>One operator at one path.</summary>
internal sealed record Modifier(UpdatePath Path, FieldOperator Operator);
