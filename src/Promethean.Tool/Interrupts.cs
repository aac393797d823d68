using System.Runtime.InteropServices;

namespace Promethean.Tool;

/// <summary>SIGINT and SIGTERM: the first asks to end, the second ends at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private const int SignalBase = 128;

    private readonly CancellationTokenSource _interrupted = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public Interrupts() => _registrations = [Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15)];

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Token => _interrupted.Token;

    /// <summary>As shells count: 128 and the signal's number.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _interrupted.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, SignalBase + number, 0) != 0)
        {
            Environment.Exit(SignalBase + number);
        }

        // What hears of it must not hold up the next signal.
        _ = _interrupted.CancelAsync();
    });
}
