using System.Globalization;
using StackExchange.Redis;

namespace Promethean.Broker.Redis;

/// <summary>Reads where Redis is: a <c>redis://</c> address or a configuration string of StackExchange.Redis.</summary>
internal static class RedisAddress
{
    /// <summary>What is wrong with it, without repeating it; null for nothing.</summary>
    public static string? Problem(string? text)
    {
        try
        {
            return Read(text ?? "").EndPoints.Count == 0 ? "names no server." : null;
        }
        catch (ArgumentException)
        {
            return "is neither a redis:// address nor a configuration string.";
        }
        catch (FormatException)
        {
            return "is neither a redis:// address nor a configuration string.";
        }
    }

    public static ConfigurationOptions Read(string text) =>
        text.StartsWith("redis://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase)
            ? ReadUrl(new(text))
            : ConfigurationOptions.Parse(text);

    private static ConfigurationOptions ReadUrl(Uri url)
    {
        var options = new ConfigurationOptions { Ssl = url.Scheme == "rediss" };
        options.EndPoints.Add(url.IdnHost, url.Port < 0 ? 6379 : url.Port);
        var colon = url.UserInfo.IndexOf(':', StringComparison.Ordinal);
        if (url.UserInfo.Length > 0)
        {
            // A name alone is a password, as redis-cli has it.
            options.User = colon > 0 ? Uri.UnescapeDataString(url.UserInfo[..colon]) : null;
            options.Password = Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]);
        }

        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            options.DefaultDatabase = int.Parse(database, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return options;
    }
}
