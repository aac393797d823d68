using MongoDB.Bson;
using Promethean.Mongo.Embedded.Tests.Wire;

namespace Promethean.Mongo.Embedded.Tests.Transactions;

/// <summary>
/// Transactions and single writes, interleaved by chance one command at a time, against a model: what each read returns, which write
/// conflicts, and what is there in the end.
/// </summary>
[Trait("Category", "Integration")]
public sealed class TransactionModelTests
{
    private const int Sessions = 3;
    private const int Ids = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Interleaved_transactions_do_what_the_model_says(bool durable)
    {
        using var directory = new TemporaryDirectory();
        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { DataDirectory = durable ? directory.Path : null }, Cancel);
        using var client = await WireClient.ConnectAsync(server, Cancel);
        var conflicts = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var run = new TransactionModelRun(client, $"c{seed}", new Random(seed), Sessions, Ids);
            try
            {
                await run.RunAsync(steps: 60, Cancel);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}: {failure.Message}", failure);
            }

            conflicts += run.Conflicts;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{conflicts} conflicts");
        conflicts.Should().BeGreaterThan(20, "a run without conflicts shows little");
    }
}
