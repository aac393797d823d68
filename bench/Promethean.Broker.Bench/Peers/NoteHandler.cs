namespace Promethean.Broker.Bench.Peers;

/// <summary>Wolverine's handler, found by its shape.</summary>
public sealed class NoteHandler(Arrivals arrivals)
{
    public void Handle(Note note) => arrivals.Add(note);
}
