using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Promethean.Mongo.Embedded.Aggregation;

namespace Promethean.Mongo.Embedded.Validation;

/// <summary>How one command takes the validators of collections.</summary>
/// <param name="Logger">Told of documents that are stored although they fail (<c>validationAction: "warn"</c>).</param>
/// <param name="Bypasses">Whether the command said <c>bypassDocumentValidation</c>.</param>
/// <param name="Variables">What a validator's <c>$expr</c> may read: <c>$$NOW</c>.</param>
internal sealed record ValidationPolicy(ILogger Logger, bool Bypasses, Variables Variables)
{
    /// <summary>For documents that were held against the validator before, as those of a transaction that is committed.</summary>
    public static ValidationPolicy Done { get; } = new(NullLogger.Instance, Bypasses: true, Variables.None);
}
