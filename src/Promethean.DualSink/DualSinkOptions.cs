namespace Promethean.DualSink;

/// <summary>How a sink is named and how hard it tries.</summary>
public sealed class DualSinkOptions
{
    /// <summary>The sink's name: 1 to 64 of a-z, A-Z, 0-9, <c>_</c> and <c>-</c>. Each document keeps its state under <c>sink.&lt;name&gt;</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How many keys are written at the same time; the others wait. Default: 16.</summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>How often a vector write is tried before the document is left for reconciliation. Default: 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The delay before the second attempt; it doubles with each further one. Default: 100 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay between two attempts. Default: 5 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take before it counts as failed. Default: 30 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many keys reconciliation compares at a time. Default: 256.</summary>
    public int ReconcileBatch { get; init; } = 256;

    /// <summary>
    /// Whether reconciliation compares the content of each vector with what its document asked for, which finds every
    /// difference but reads all vectors; otherwise it compares ids and notes alone. Default: true.
    /// </summary>
    public bool CompareContent { get; init; } = true;

    internal void Check()
    {
        if (string.IsNullOrEmpty(Name) || Name.Length > 64 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw new ArgumentException($"The sink's name is '{Name}'; it must be 1 to 64 of a-z, A-Z, 0-9, '_' and '-'.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReconcileBatch, 1);
    }
}
