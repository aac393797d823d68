using Promethean.Broker.Server.Bench.Serving;

namespace Promethean.Broker.Server.Bench.Calls;

/// <summary>One way to ask through a server and get an answer.</summary>
internal interface ICaller : IAsyncDisposable
{
    string Name { get; }

    ServerProcess Server { get; }

    Task StartAsync();

    Task<Note> AskAsync(Note note);
}
