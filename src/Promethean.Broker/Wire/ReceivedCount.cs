namespace Promethean.Broker;

/// <summary>Counts the frames received over a session, and says when the other side should hear of it.</summary>
/// <remarks>Not thread-safe: the one loop that reads keeps it.</remarks>
internal sealed class ReceivedCount
{
    // Often enough that the other side keeps little, seldom enough to cost nothing.
    private const int ReportFrames = 128;
    private const int ReportBytes = 64 * 1024;

    private long _reported;
    private long _bytes;

    public long Total { get; private set; }

    /// <summary>Counts a message's frames; whether it is time to report <see cref="Total"/>.</summary>
    public bool Add(int frames, int bytes)
    {
        Total += frames;
        _bytes += bytes;
        if (Total - _reported < ReportFrames && _bytes < ReportBytes)
        {
            return false;
        }

        Reported();
        return true;
    }

    /// <summary>The other side hears of the total by other means.</summary>
    public void Reported()
    {
        _reported = Total;
        _bytes = 0;
    }
}
