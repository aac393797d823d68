namespace Promethean.Vectors;

/// <summary>The best so many rows seen so far: a heap with the worst of them on top. Equal scores rank by id, so the order rows come in does not matter.</summary>
internal sealed class TopHits(int limit, VectorRow[] rows)
{
    private readonly List<(float Score, int Row)> _heap = new(Math.Min(limit, 1024));

    /// <summary>Whether a row of this score and id would be among the best.</summary>
    public bool Takes(float score, string id)
    {
        if (_heap.Count < limit) return true;
        if (limit == 0) return false;
        var worst = _heap[0];
        return score > worst.Score || (score == worst.Score && string.CompareOrdinal(id, rows[worst.Row].Id) < 0);
    }

    /// <summary>Adds a row that <see cref="Takes"/>, dropping the worst where there is no room.</summary>
    public void Add(float score, int row)
    {
        if (_heap.Count < limit)
        {
            _heap.Add((score, row));
            Rise(_heap.Count - 1);
        }
        else
        {
            _heap[0] = (score, row);
            Sink(0);
        }
    }

    public void Add(TopHits others)
    {
        foreach (var (score, row) in others._heap)
        {
            if (Takes(score, rows[row].Id)) Add(score, row);
        }
    }

    /// <summary>The rows, best first.</summary>
    public List<(float Score, int Row)> Sorted()
    {
        _heap.Sort((left, right) => IsWorse(left, right) ? 1 : IsWorse(right, left) ? -1 : 0);
        return _heap;
    }

    private bool IsWorse((float Score, int Row) left, (float Score, int Row) right) =>
        left.Score < right.Score || (left.Score == right.Score && string.CompareOrdinal(rows[left.Row].Id, rows[right.Row].Id) > 0);

    private void Rise(int at)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!IsWorse(_heap[at], _heap[parent])) return;
            (_heap[at], _heap[parent]) = (_heap[parent], _heap[at]);
            at = parent;
        }
    }

    private void Sink(int at)
    {
        while (true)
        {
            var worst = at;
            for (var child = (2 * at) + 1; child <= (2 * at) + 2 && child < _heap.Count; child++)
            {
                if (IsWorse(_heap[child], _heap[worst])) worst = child;
            }

            if (worst == at) return;
            (_heap[at], _heap[worst]) = (_heap[worst], _heap[at]);
            at = worst;
        }
    }
}
