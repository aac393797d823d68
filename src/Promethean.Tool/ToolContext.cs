using Promethean.Broker;

namespace Promethean.Tool;

/// <summary>What a verb runs with.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Results, one per line, and nothing else.</param>
/// <param name="Error">Everything that is said to a person.</param>
/// <param name="Time">The clock.</param>
/// <param name="Interrupted">Cancelled by the first signal.</param>
internal sealed record ToolContext(Stream Input, LineOutput Output, TextWriter Error, TimeProvider Time, CancellationToken Interrupted)
{
    /// <summary>Runs a verb, and turns what it throws into a message and an exit code.</summary>
    public static async Task<int> RunAsync(Func<ToolContext, Task<int>> verb)
    {
        using var interrupts = new Interrupts();
        using var output = StandardOutput.Open();
        var context = new ToolContext(Console.OpenStandardInput(), output, Console.Error, TimeProvider.System, interrupts.Token);
        try
        {
            return await verb(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.ExitCode != 0)
        {
            return interrupts.ExitCode;
        }
        catch (Exception e) when (Describe(e) is { } failure)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Message}").ConfigureAwait(false);
            return failure.ExitCode;
        }
    }

    /// <summary>What a user is told of a failure; null for one that is our own fault.</summary>
    public static ToolException? Describe(Exception exception) => exception switch
    {
        ToolException known => known,
        BrokerException broker => new(ExitCodes.Of(broker.Code), $"{broker.Code.ToWireName()}: {broker.Message}{NextStep(broker)}"),
        IOException or UnauthorizedAccessException => new(ExitCodes.Failed, exception.Message),
        _ => null,
    };

    private static string NextStep(BrokerException error) => error switch
    {
        { RetryAfter: { } delay } when delay > TimeSpan.Zero => $" Try again in {delay.TotalMilliseconds} ms.",
        { Code: BrokerErrorCode.NoResponders } => " Start a worker for it on this broker.",
        { Code: BrokerErrorCode.Timeout } => " Give it longer with --timeout.",
        _ => "",
    };
}
