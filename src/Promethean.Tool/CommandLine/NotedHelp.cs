using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Promethean.Tool;

/// <summary>The usual help, and below it a verb's notes.</summary>
internal sealed class NotedHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help need not have typed the rest right.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        foreach (var note in (parseResult.CommandResult.Command as Verb)?.Notes ?? [])
        {
            output.WriteLine(note);
            output.WriteLine();
        }

        return ExitCodes.Done;
    }
}
