namespace Promethean.DualSink;

/// <summary>A dual write that did not finish; the message says what is safe and what to do next.</summary>
public sealed class DualSinkException : Exception
{
    /// <summary>A failed write, without more to say.</summary>
    public DualSinkException()
        : this("The dual write did not finish.")
    {
    }

    /// <summary>A failed write.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    public DualSinkException(string message)
        : base(message)
    {
    }

    /// <summary>A failed write.</summary>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public DualSinkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A write that failed at a stage.</summary>
    /// <param name="stage">How far it had come.</param>
    /// <param name="key">The document's key; null where no single one is meant.</param>
    /// <param name="message">What happened, where, and what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public DualSinkException(DualSinkStage stage, string? key, string message, Exception innerException)
        : base(message, innerException)
    {
        Stage = stage;
        Key = key;
    }

    /// <summary>How far the write had come.</summary>
    public DualSinkStage Stage { get; }

    /// <summary>The document's key; null where no single one is meant.</summary>
    public string? Key { get; }

    /// <summary>Whether the document is certainly in MongoDB, so that reconciliation finishes the work.</summary>
    public bool DocumentIsSafe => Stage is DualSinkStage.Vector or DualSinkStage.Mark;
}
