namespace Promethean.JsonSchema;

/// <summary>What an evaluation found.</summary>
/// <param name="IsValid">Whether the text satisfies the schema.</param>
/// <param name="Errors">What is wrong, in the order found; empty where nothing is. No more than <see cref="JsonSchemaOptions.MaxErrors"/>: looking
/// ends with the last that fits.</param>
public sealed record SchemaResult(bool IsValid, IReadOnlyList<SchemaError> Errors)
{
    /// <summary>The error worth telling first, in a line for an error frame or a log; null where there is none. Of alternatives none of which was
    /// met, it is what is wrong with the nearest.</summary>
    public string? Summary => Errors.Count == 0 ? null : Errors[0].Root.ToString();
}
