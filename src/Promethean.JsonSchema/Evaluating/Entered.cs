namespace Promethean.JsonSchema.Evaluating;

/// <summary>What entering a schema changed, to be put back when it is left.</summary>
internal readonly record struct Entered(SchemaNode? Node, bool Noting, int Scope, bool Pushed);
