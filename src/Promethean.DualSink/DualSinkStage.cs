namespace Promethean.DualSink;

/// <summary>How far a write had come.</summary>
public enum DualSinkStage
{
    /// <summary>The document was being written; whether it was is not known, and the vectors are untouched.</summary>
    Document = 0,

    /// <summary>The document is safe and marked unfinished; the vector was being written.</summary>
    Vector = 1,

    /// <summary>Document and vector are both written; that they agree was being noted.</summary>
    Mark = 2,

    /// <summary>The stores were being compared.</summary>
    Reconcile = 3,
}
