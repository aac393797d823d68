using System.CommandLine;

namespace Promethean.Tool;

/// <summary><c>--port</c>.</summary>
internal static class PortOption
{
    public static Option<ushort?> Create(int otherwise) =>
        TypedOption.Create<ushort>("--port", "PORT", $"The port; 0 chooses a free one [default: {otherwise}]", "a port from 0 to 65535", ushort.TryParse);
}
