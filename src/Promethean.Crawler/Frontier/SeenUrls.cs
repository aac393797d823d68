using System.Collections.Concurrent;

namespace Promethean.Crawler;

/// <summary>
/// Remembers which URLs this run has already offered to the frontier, and at which depth, so that the links every page of a site
/// repeats cost no write. Only a memory: forgetting is always right.
/// </summary>
internal sealed class SeenUrls(int capacity = 1_000_000)
{
    private readonly ConcurrentDictionary<UInt128, int> _depths = new();

    /// <summary>Whether the frontier need not hear of the URL at this depth.</summary>
    public bool Contains(string id, int depth) => _depths.TryGetValue(Key(id), out var known) && known <= depth;

    /// <summary>Remembers that the frontier has the URL at this depth or nearer. To be called after the write.</summary>
    public void Add(string id, int depth)
    {
        if (_depths.Count >= capacity) _depths.Clear();
        _depths.AddOrUpdate(Key(id), depth, (_, known) => Math.Min(known, depth));
    }

    // 128 of SHA-1's 160 bits: no two URLs of a crawl share them by accident.
    private static UInt128 Key(string id) => UInt128.Parse(id.AsSpan(0, 32), System.Globalization.NumberStyles.HexNumber, provider: null);
}
