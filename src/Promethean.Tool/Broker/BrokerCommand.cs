using System.CommandLine;

namespace Promethean.Tool;

/// <summary><c>promethean broker</c>.</summary>
internal static class BrokerCommand
{
    public static Command Create() => new Verb("broker", "A broker, and what talks to it", ExitCodes.Help)
    {
        ServeVerb.Create(),
        PubVerb.Create(),
        SubVerb.Create(),
        RequestVerb.Create(),
    };
}
