namespace Promethean.Workers;

/// <summary>Keeps the best of what is offered, sorted; most offers cost one comparison.</summary>
internal sealed class BestCandidates(int capacity)
{
    private readonly TagCandidate[] _best = new TagCandidate[capacity];
    private int _count;

    public ReadOnlySpan<TagCandidate> InOrder => _best.AsSpan(0, _count);

    public void Offer(in TagCandidate candidate)
    {
        if (_count == _best.Length)
        {
            if (!candidate.IsBetterThan(_best[^1])) return;
            _count--;
        }

        var at = _count++;
        for (; at > 0 && candidate.IsBetterThan(_best[at - 1]); at--) _best[at] = _best[at - 1];
        _best[at] = candidate;
    }
}
