using Promethean.Tool;

// Before anything is loaded for it: with too few files the runtime ends amid that, without a word of ours.
if (args is ["broker", "serve", ..] && OpenFiles.Problem() is { } problem)
{
    await Console.Error.WriteLineAsync($"error: {problem}").ConfigureAwait(false);
    return ExitCodes.Failed;
}

return await PrometheanCommand.RunAsync(args).ConfigureAwait(false);
