using System.Text.Json;

namespace Promethean.Broker;

/// <summary>Headers on the wire: an object whose members are strings.</summary>
internal static class JsonHeaders
{
    /// <summary>Writes the member <c>headers</c>, where there are any.</summary>
    public static void WriteMember(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> headers)
    {
        if (headers.Count > 0)
        {
            writer.WriteStartObject("headers"u8);
            Write(writer, headers);
            writer.WriteEndObject();
        }
    }

    /// <summary>The object alone.</summary>
    public static byte[] ToUtf8(IReadOnlyDictionary<string, string> headers)
    {
        Write(FrameScratch.Start(), headers);
        return FrameScratch.Finish();
    }

    /// <summary>Reads the members of an object that the reader has entered.</summary>
    public static Dictionary<string, string> Read(ref Utf8JsonReader reader, StringComparer names)
    {
        var headers = new Dictionary<string, string>(names);
        while (JsonMembers.Next(ref reader))
        {
            var name = reader.GetString()!;
            reader.Read();
            headers[name] = reader.GetString() ?? "";
        }

        return headers;
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
        {
            writer.WriteString(name, value);
        }
    }
}
