using System.Text;

namespace Promethean.Broker;

/// <summary>The JSON Schemas (draft 2020-12) of the wire: the one source for servers, clients, documents and tests.</summary>
public static class BrokerSchemas
{
    /// <summary>The schema of what a client may send: one frame or an array of them.</summary>
    public static JsonPayload ClientToBroker { get; } = Load("client-to-broker.schema.json");

    /// <summary>The schema of what a broker may send: one frame or an array of them.</summary>
    public static JsonPayload BrokerToClient { get; } = Load("broker-to-client.schema.json");

    private static JsonPayload Load(string name)
    {
        using var resource = typeof(BrokerSchemas).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return JsonPayload.FromTrustedUtf8(Encoding.UTF8.GetBytes(reader.ReadToEnd()));
    }
}
