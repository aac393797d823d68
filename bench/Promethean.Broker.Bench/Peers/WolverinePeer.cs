using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wolverine;

namespace Promethean.Broker.Bench.Peers;

/// <summary>Wolverine's local queue, in order, which hands over the object itself.</summary>
internal sealed class WolverinePeer : IPeer
{
    private readonly IHost _host;
    private IMessageBus? _bus;

    public WolverinePeer()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Arrivals);
        builder.UseWolverine(options =>
        {
            options.Durability.Mode = DurabilityMode.Solo;
            options.Discovery.DisableConventionalDiscovery().IncludeType<NoteHandler>();
            options.PublishMessage<Note>().ToLocalQueue("notes").Sequential();
        });
        _host = builder.Build();
    }

    public string Name => "Wolverine local queue";

    public Arrivals Arrivals { get; } = new();

    public async Task StartAsync()
    {
        await _host.StartAsync();
        _bus = _host.MessageBus();
    }

    public ValueTask PublishAsync(Note note) => _bus!.PublishAsync(note);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
