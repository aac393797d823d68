using System.Globalization;

namespace Promethean.Tool;

/// <summary>How many files the process may have open (<c>ulimit -n</c>), which is how many connections it can take.</summary>
/// <remarks>The runtime has raised the soft limit to the hard one when this is read.</remarks>
internal static class OpenFiles
{
    // What a broker has open itself once everything is loaded, two for most assemblies, and some to spare.
    private const int Own = 288;

    // Fewer connections are of no use, and hide what is wrong.
    private const int Fewest = 32;

    /// <summary>What the user is told where the limit leaves no room for connections; null where it does.</summary>
    public static string? Problem() => Limit() is { } limit ? Problem(limit) : null;

    /// <inheritdoc cref="Problem()"/>
    public static string? Problem(int limit) => limit >= Own + Fewest
        ? null
        : $"The process may have {limit} files open, and a broker needs {Own + Fewest}, its connections among them. "
            + "Raise the limit with 'ulimit -n', or with LimitNOFILE where it is a service of systemd.";

    /// <summary>What is left for connections; null where there is no limit to be read.</summary>
    public static ConnectionRoom? Room() => Limit() is { } limit ? Room(limit) : null;

    /// <summary>Parts what is left: an eighth for requests, which are short, an eighth for what is being refused, the rest for clients.</summary>
    public static ConnectionRoom Room(int limit)
    {
        var left = Math.Max(limit - Own, Fewest);
        return new(left / 8, left - (left / 4), left);
    }

    /// <summary>The soft limit; null where there is none.</summary>
    public static int? ReadLimit(IEnumerable<string> limits)
    {
        // "Max open files            1024                 524288               files"
        const string Name = "Max open files";
        foreach (var line in limits)
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                var words = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? (int)Math.Min(limit, int.MaxValue) : null;
            }
        }

        return null;
    }

    private static int? Limit() => OperatingSystem.IsLinux() ? ReadLimit(File.ReadAllLines("/proc/self/limits")) : null;
}
