using Microsoft.Extensions.Logging;

namespace Promethean.Workers;

/// <summary>What all calls of one worker share.</summary>
/// <param name="Operation">The operation's name in the GenAI conventions: <c>chat</c> or <c>embeddings</c>.</param>
/// <param name="Timeout">How long a model may take.</param>
/// <param name="KnownModels">The ids to name when one is unknown.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where failures are told in full.</param>
internal sealed record ModelCallSettings(string Operation, TimeSpan Timeout, IReadOnlyList<string> KnownModels, TimeProvider Time, ILogger Logger);
