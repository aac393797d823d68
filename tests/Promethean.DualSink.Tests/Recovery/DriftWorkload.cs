using Promethean.Vectors;

namespace Promethean.DualSink.Tests;

/// <summary>Random writes and deletes over few keys; after each acknowledgement it looks whether an older version shows.</summary>
internal sealed class DriftWorkload(Stores stores, DualSinkWriter sink)
{
    private const int Keys = 12;
    private readonly KeyHistory[] _keys = [.. Enumerable.Range(0, Keys).Select(_ => new KeyHistory())];
    private int _failures;

    public int Failures => _failures;

    public async Task RunAsync(Random random, int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            var number = random.Next(Keys);
            var key = $"key-{number}";
            var history = _keys[number];
            var delete = random.Next(5) == 0;
            var (version, task) = Begin(history, key, delete, $"text {random.Next(4)}");
            try
            {
                await task;
            }
            catch (DualSinkException)
            {
                Interlocked.Increment(ref _failures);
                continue;
            }

            await CheckAsync(history, key, version);
        }
    }

    // The lane's order is the order of the calls, so a version taken with the call under one lock is its place in the lane.
    private (long Version, Task Task) Begin(KeyHistory history, string key, bool delete, string text)
    {
        lock (history)
        {
            var version = ++history.Version;
            if (delete) history.LastDelete = version;
            return (version, delete ? sink.DeleteAsync(key).AsTask() : sink.WriteAsync(Stores.Entry(key, text, version)).AsTask());
        }
    }

    private async Task CheckAsync(KeyHistory history, string key, long acknowledged)
    {
        VectorRecord? record = await stores.VectorAsync(key);
        if (record is null)
        {
            lock (history) history.LastDelete.Should().BeGreaterThanOrEqualTo(acknowledged, "'{0}' is missing though version {1} was acknowledged", key, acknowledged);
        }
        else
        {
            record.Metadata["version"].AsWholeNumber().Should().BeGreaterThanOrEqualTo(acknowledged, "'{0}' shows an older version", key);
        }
    }

    private sealed class KeyHistory
    {
        public long Version { get; set; }

        public long LastDelete { get; set; }
    }
}
