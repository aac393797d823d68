using System.CommandLine;
using System.CommandLine.Help;

namespace Promethean.Tool;

/// <summary>The command and its verbs.</summary>
internal static class PrometheanCommand
{
    private static readonly ParserConfiguration Grammar = new()
    {
        // A payload may begin with '@', and several letters behind one '-' are nothing here.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <summary>Reads the command line and does what it says; the exit code is one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var result = Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
            {
                await Console.Error.WriteLineAsync($"error: {error.Message}").ConfigureAwait(false);
            }

            await Console.Error.WriteLineAsync($"Try '{string.Join(' ', Path(result))} --help'.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        // Signals are each verb's own.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }

    /// <summary>The command line as read; its errors say what is wrong with it.</summary>
    public static ParseResult Parse(IReadOnlyList<string> args) => Create().Parse(args, Grammar);

    private static Verb Create()
    {
        var help = new HelpOption();
        help.Action = new NotedHelp((HelpAction)help.Action!);
        return new("promethean", "Runs and talks to the parts of a system of cooperating LLM services.") { BrokerCommand.Create(), MongoCommand.Create(), help, new VersionOption() };
    }

    private static Stack<string> Path(ParseResult result)
    {
        var names = new Stack<string>();
        for (var command = result.CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Push(command.Command.Name);
        }

        return names;
    }
}
