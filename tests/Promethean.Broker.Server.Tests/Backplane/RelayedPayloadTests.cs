using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Promethean.Broker.Server.Tests;

public sealed class RelayedPayloadTests
{
    [Fact]
    public async Task A_request_from_the_backplane_is_let_go_once_the_worker_has_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var connection = Connection(broker.Services);
        var worker = new RelayedWorker(connection, "", 16, TimeProvider.System);
        lock (connection.Backplane.Gate)
        {
            worker.SetCredit(1);
        }

        var (payload, answer) = Serve(worker);
        await using var enumerator = answer;
        var answering = enumerator.MoveNextAsync().AsTask();

        Collect();
        payload.IsAlive.Should().BeFalse("the worker has it, and may keep the task for as long as it likes");
        var task = connection.Backplane.Tasks.Should().ContainSingle().Which.Value;
        task.TryAdd(WorkerReplies.Partial() with { IsFinal = true }).Should().BeTrue();
        (await answering).Should().BeTrue();
    }

    private static ClientConnection Connection(IServiceProvider services)
    {
        var tenant = services.GetRequiredService<TenantTable>().Enter(ClientIdentity.Anyone);
        var connection = new ClientConnection(
            "c",
            ClientIdentity.Anyone,
            tenant,
            services.GetRequiredService<FrameRouter>(),
            services.GetRequiredService<BrokerServerOptions>(),
            services.GetRequiredService<BrokerServerMetrics>(),
            NullLogger.Instance);
        connection.Outgoing.TryAttach(default, null);
        return connection;
    }

    // A frame of its own, so that no local keeps the payload alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Payload, IAsyncEnumerator<BrokerReply> Answer) Serve(RelayedWorker worker)
    {
        var bytes = "\"a request\""u8.ToArray();
        var task = worker.Begin(new BrokerRequest("t", "job", JsonPayload.FromTrustedUtf8(bytes)));
        return (new(bytes), worker.ServeAsync(task, TestContext.Current.CancellationToken).GetAsyncEnumerator());
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
