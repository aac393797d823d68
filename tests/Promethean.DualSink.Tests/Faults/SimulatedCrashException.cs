namespace Promethean.DualSink.Tests;

/// <summary>The process ended here: nothing after it was done.</summary>
public sealed class SimulatedCrashException : Exception
{
    public SimulatedCrashException()
        : this("The process has ended.")
    {
    }

    public SimulatedCrashException(string message)
        : base(message)
    {
    }

    public SimulatedCrashException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
