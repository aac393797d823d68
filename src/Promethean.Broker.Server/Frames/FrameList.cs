namespace Promethean.Broker.Server;

/// <summary>The frames of one message; its objects serve for the next message too.</summary>
internal sealed class FrameList
{
    // A batch now and then must not make an idle connection large.
    private const int Kept = 64;

    private readonly List<ClientFrame> _frames = [];

    public int Count { get; private set; }

    public ClientFrame this[int index] => _frames[index];

    /// <summary>An empty frame at the end.</summary>
    public ClientFrame Add()
    {
        if (Count == _frames.Count)
        {
            _frames.Add(new());
        }

        var frame = _frames[Count++];
        frame.Clear();
        return frame;
    }

    public void Clear()
    {
        Count = 0;
        if (_frames.Count > Kept)
        {
            _frames.RemoveRange(Kept, _frames.Count - Kept);
        }
    }
}
