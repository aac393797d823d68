using System.CommandLine;

namespace Promethean.Tool;

/// <summary>Where a token comes from: a file, or the environment. Never the command line, which every user of a machine can read.</summary>
internal static class TokenOption
{
    public const string Variable = "BROKER_TOKEN";

    public static Option<string?> Create(string whose) => new("--token-file")
    {
        Description = $"A file that holds {whose} [default: the environment variable {Variable}]",
        HelpName = "FILE",
    };

    /// <summary>The token; null where there is none.</summary>
    /// <exception cref="ToolException">The file cannot be read or holds none.</exception>
    public static string? Read(string? file)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } token ? Check(token, Variable) : null;
        }

        try
        {
            return Check(File.ReadAllText(file), $"The file '{file}' of --token-file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToolException(ExitCodes.Usage, $"--token-file: {e.Message} Name a file that holds the token.", e);
        }
    }

    private static string Check(string text, string source)
    {
        var token = text.Trim();
        return token.Length == 0 ? throw new ToolException(ExitCodes.Usage, $"{source} is blank: it must hold a token.")
            : token.All(c => c is > ' ' and <= '~') ? token
            // It travels in a header.
            : throw new ToolException(ExitCodes.Usage, $"{source} holds something else than one token of visible ASCII characters.");
    }
}
