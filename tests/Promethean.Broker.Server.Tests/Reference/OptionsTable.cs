using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Promethean.Broker.Server.Tests;

/// <summary>Writes the broker's options as a table: the defaults from the code, the meaning from its doc comments.</summary>
internal static partial class OptionsTable
{
    public static string Render()
    {
        var type = typeof(BrokerServerOptions);
        var comments = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member").ToDictionary(
            member => member.Attribute("name")!.Value, member => member.Element("summary")!);
        var table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
        foreach (var option in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var comment = Spaces().Replace(string.Concat(comments[$"P:{type.FullName}.{option.Name}"].Nodes().Select(Text)), " ").Trim();
            table.Append(CultureInfo.InvariantCulture, $"| `{option.Name}` | {Default(option)} | {SaysDefault().Replace(comment, "")} |\n");
        }

        return table.ToString() + "\n";
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
        XElement element => $"`{element.Value}`",
        _ => "",
    };

    private static string Default(PropertyInfo option) => option.GetValue(new BrokerServerOptions()) switch
    {
        null or System.Collections.ICollection { Count: 0 } => "none",
        bool isOn => isOn ? "yes" : "no",
        TimeSpan time => time.TotalSeconds < 120 ? $"{time.TotalSeconds} s" : $"{time.TotalMinutes} min",
        IConvertible bytes when option.Name.EndsWith("Bytes", StringComparison.Ordinal) => $"{bytes.ToInt64(null) / (1024 * 1024)} MiB",
        IFormattable number => number.ToString("N0", CultureInfo.InvariantCulture),
        var other => $"{other}",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // A default that says more than its value keeps what it says.
    [GeneratedRegex(@" ?Default: (none|no|yes|[\d,]+( \w+)?)\.(?=$| )")]
    private static partial Regex SaysDefault();
}
