namespace Promethean.Tool;

/// <summary>A password in a file: its first and only line.</summary>
internal static class PasswordFile
{
    /// <exception cref="ToolException">The file cannot be read or holds none.</exception>
    public static string Read(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToolException(ExitCodes.Usage, $"--password-file: {e.Message} Name a file that holds the password.", e);
        }

        // An editor ends a line; blanks may be meant.
        var password = text.TrimEnd('\r', '\n');
        return string.IsNullOrWhiteSpace(password) ? throw new ToolException(ExitCodes.Usage, $"The file '{file}' of --password-file is blank: it must hold the password.")
            : password.Any(char.IsControl) ? throw new ToolException(ExitCodes.Usage, $"The file '{file}' of --password-file holds something else than one line with the password.")
            : password;
    }
}
