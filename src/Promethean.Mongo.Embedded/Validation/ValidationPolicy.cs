using Microsoft.Extensions.Logging;

namespace Promethean.Mongo.Embedded.Validation;

/// <summary>How one command takes the validators of collections.</summary>
/// <param name="Logger">Told of documents that are stored although they fail (<c>validationAction: "warn"</c>).</param>
/// <param name="Bypasses">Whether the command said <c>bypassDocumentValidation</c>.</param>
internal sealed record ValidationPolicy(ILogger Logger, bool Bypasses);
