using System.Globalization;
using System.Text;

namespace Promethean.Broker.Testing;

/// <summary>What a failure tells: what was expected, the seed, what is in flight, and the end of the log; the whole log in a file.</summary>
internal static class FailureReport
{
    private const int LinesShown = 60;

    public static string Write(InMemoryBroker broker, string message, IReadOnlyList<string> inFlight)
    {
        var log = broker.Log;
        var text = new StringBuilder(message).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Seed: {broker.Seed} (faults: {broker.Faults}). The same seed and the same calls give the same run.");
        foreach (var line in inFlight.Take(LinesShown))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"In flight: {line}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"Timeline, {(log.Count > LinesShown ? $"the last {LinesShown} of {log.Count} entries" : $"{log.Count} entries")}:");
        foreach (var entry in log.Skip(Math.Max(0, log.Count - LinesShown)))
        {
            text.Append("  ").AppendLine(entry.ToString());
        }

        if (log.Count > LinesShown)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"The whole trace: {WriteTrace(broker, message, inFlight, log)}");
        }

        return text.ToString();
    }

    private static string WriteTrace(InMemoryBroker broker, string message, IReadOnlyList<string> inFlight, IReadOnlyList<BrokerLogEntry> log)
    {
        try
        {
            Directory.CreateDirectory(broker.Options.TraceDirectory);
            var file = Path.Combine(broker.Options.TraceDirectory, $"promethean-broker-{Guid.NewGuid():N}.trace.txt");
            File.WriteAllLines(file, [message, $"Seed: {broker.Seed}", $"Faults: {broker.Faults}", .. inFlight, .. log.Select(entry => entry.ToString())]);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"could not be written ({e.Message}); InMemoryBrokerOptions.TraceDirectory says where to.";
        }
    }
}
