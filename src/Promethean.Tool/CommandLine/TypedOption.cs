using System.CommandLine;

namespace Promethean.Tool;

/// <summary>Options whose errors say what they take.</summary>
internal static class TypedOption
{
    public delegate bool Reader<T>(string text, out T value);

    /// <summary>An option with one value; null where it is not given.</summary>
    public static Option<T?> Create<T>(string name, string helpName, string description, string takes, Reader<T> read)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
                if (read(text, out var value))
                {
                    return value;
                }

                result.AddError($"{name} takes {takes}, not '{text}'.");
                return null;
            },
        };

    public static Option<TimeSpan?> Duration(string name, string description) =>
        Create<TimeSpan>(name, "DURATION", description, Tool.Duration.Takes, Tool.Duration.TryParse);
}
