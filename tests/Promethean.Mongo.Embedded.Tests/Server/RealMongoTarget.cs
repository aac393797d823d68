namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>The replica set named by PROMETHEAN_TEST_MONGO_URI: what holds there is what the embedded server must do.</summary>
public sealed class RealMongoTarget : ServerTarget
{
    private static readonly string? Uri = Environment.GetEnvironmentVariable("PROMETHEAN_TEST_MONGO_URI");

    public override string? SkipReason => Uri is null ? "PROMETHEAN_TEST_MONGO_URI names no replica set" : null;

    protected override Task<string> StartAsync() => Task.FromResult(Uri!);

    protected override ValueTask StopAsync() => ValueTask.CompletedTask;
}
