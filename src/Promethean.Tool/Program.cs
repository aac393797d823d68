using Promethean.Tool;

return await PrometheanCommand.RunAsync(args).ConfigureAwait(false);
