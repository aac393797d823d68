using System.Diagnostics.Metrics;

namespace Promethean.Broker.Server.Tests;

/// <summary>Adds up what one broker's counters count: by instrument, followed by the values of its attributes.</summary>
internal sealed class MeterSums : IDisposable
{
    private readonly Dictionary<string, long> _sums = [];
    private readonly MeterListener _listener;

    public MeterSums(TestBroker broker)
    {
        // Meters of brokers in other tests are heard as well, also when this one is gone; only its scope counts.
        var meters = broker.Meters;
        _listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.Start();
    }

    public long this[string name]
    {
        get
        {
            lock (_sums)
            {
                return _sums.GetValueOrDefault(name);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Value}").Prepend(instrument));
        lock (_sums)
        {
            _sums[name] = _sums.GetValueOrDefault(name) + value;
        }
    }
}
