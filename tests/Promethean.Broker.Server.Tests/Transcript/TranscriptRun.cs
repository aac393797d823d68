using System.Runtime.InteropServices;
using System.Text.Json;
using Promethean.Tool.Tests;

namespace Promethean.Broker.Server.Tests;

/// <summary>One run of the driver against a broker's process.</summary>
public sealed class TranscriptRun : IAsyncLifetime
{
    public const string ModulesVariable = "PROMETHEAN_TEST_NODE_MODULES";
    private const string Secret = "secret";

    /// <summary>Why there was none; null where there was.</summary>
    public string? SkipReason { get; private set; }

    internal IReadOnlyList<TranscriptStep> Steps { get; private set; } = [];

    /// <summary>The folder of the driver and the approved page.</summary>
    internal static string Folder { get; } = Path.Combine(Approved.Root, "tests", "Promethean.Broker.Server.Tests", "Transcript");

    public async ValueTask InitializeAsync()
    {
        var modules = Environment.GetEnvironmentVariable(ModulesVariable);
        if (string.IsNullOrEmpty(modules) || !Directory.Exists(Path.Combine(modules, "ws")))
        {
            SkipReason = $"{ModulesVariable} names no folder of Node modules with ws; .ci/run installs it and sets the variable, where there is Node.";
            return;
        }

        await using var broker = ToolProcess.Start(new Dictionary<string, string> { ["BROKER_TOKEN"] = Secret }, "broker", "serve", "--port", "0");
        var url = (await broker.NextLineAsync(default))["ready ".Length..];
        await using var driver = ToolProcess.StartOther(
            "node", [Path.Combine(Folder, "drive.cjs"), url, Secret], new Dictionary<string, string> { ["NODE_PATH"] = Path.GetFullPath(modules) });
        Steps = await ReadAsync(driver, () => broker.Signal(PosixSignal.SIGTERM));
        (await driver.EndAsync(default)).Code.Should().Be(0, driver.Errors);
        (await broker.EndAsync(default)).Code.Should().Be(0, broker.Errors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<IReadOnlyList<TranscriptStep>> ReadAsync(ToolProcess driver, Action stop)
    {
        var steps = new List<TranscriptStep>();
        while (await driver.TryNextLineAsync(default) is { } line)
        {
            var step = JsonSerializer.Deserialize<TranscriptStep>(line)!;
            steps.Add(step);
            if (step.Kind == "stop")
            {
                stop();
            }
        }

        return steps;
    }
}
