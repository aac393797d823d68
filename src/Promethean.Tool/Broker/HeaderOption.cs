using System.CommandLine;

namespace Promethean.Tool;

/// <summary><c>--header NAME=VALUE</c>, any number of times.</summary>
internal static class HeaderOption
{
    public static Option<Dictionary<string, string>?> Create() => new("--header")
    {
        Description = "A header that travels beside the payload; repeatable",
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var headers = new Dictionary<string, string>();
            foreach (var token in result.Tokens)
            {
                if (token.Value.Split('=', 2) is not [{ Length: > 0 } name, var value])
                {
                    result.AddError($"--header takes NAME=VALUE, not '{token.Value}'.");
                }
                else if (!headers.TryAdd(name, value))
                {
                    result.AddError($"--header '{name}' is given twice.");
                }
            }

            return headers;
        },
    };
}
