namespace Promethean.Mongo.Embedded.Wire;

/// <summary>What a listener grants its clients.</summary>
/// <param name="MaxConnections">How many may be connected.</param>
/// <param name="MessageTimeout">How long a message may take that has begun, either way.</param>
/// <param name="AuthenticationTimeout">How long someone who has not authenticated may be silent; null where nobody must.</param>
internal sealed record ConnectionLimits(int MaxConnections, TimeSpan MessageTimeout, TimeSpan? AuthenticationTimeout);
