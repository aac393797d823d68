namespace Promethean.Broker.Server;

/// <summary>One thing that a connection wants of the backplane, in its turn.</summary>
/// <param name="RawId">The id of the frame that waits for it; empty for none.</param>
/// <param name="Bytes">What it holds of its frame.</param>
/// <param name="Arrived">When it came, as the clock's timestamp.</param>
/// <param name="Run">Does it, within what is left of its time, and acknowledges it; what it throws is acknowledged as an error.</param>
internal sealed record BackplaneCall(ReadOnlyMemory<byte> RawId, int Bytes, long Arrived, Func<TimeSpan, CancellationToken, Task> Run);
