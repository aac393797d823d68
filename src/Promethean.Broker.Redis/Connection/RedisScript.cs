using System.Text;

namespace Promethean.Broker.Redis;

/// <summary>The scripts that run within Redis.</summary>
internal static class RedisScript
{
    public static string Queue { get; } = Load("queue.lua");

    public static string Work { get; } = Load("work.lua");

    private static string Load(string name)
    {
        using var resource = typeof(RedisScript).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
