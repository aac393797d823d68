using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Tests.Wire;

namespace Promethean.Mongo.Embedded.Tests.Authentication;

/// <summary>The client's side of SCRAM-SHA-256, written from RFC 5802, so that a test can break any step of it.</summary>
internal sealed class ScramClient(string user, string password)
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";

    private string Bare => $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={Nonce}";

    /// <summary>The signature by which the server must prove itself, once the final message is made.</summary>
    public string ExpectedAnswer { get; private set; } = "";

    public BsonDocument Start(bool skipsEmptyExchange = true, string mechanism = "SCRAM-SHA-256") => new()
    {
        { "saslStart", 1 },
        { "mechanism", mechanism },
        { "payload", Binary($"n,,{Bare}") },
        { "options", new BsonDocument("skipEmptyExchange", skipsEmptyExchange) },
        { "$db", "admin" },
    };

    public BsonDocument Final(string serverFirst, string header = "n,,")
    {
        var parts = serverFirst.Split(',').ToDictionary(part => part[..1], part => part[2..]);
        var unproved = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(header))},r={parts["r"]}";
        var signed = Encoding.UTF8.GetBytes($"{Bare},{serverFirst},{unproved}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts["s"]), int.Parse(parts["i"], null), HashAlgorithmName.SHA256, 32);
        var key = HMACSHA256.HashData(salted, "Client Key"u8);
        var proof = HMACSHA256.HashData(SHA256.HashData(key), signed).Zip(key, (one, other) => (byte)(one ^ other)).ToArray();
        ExpectedAnswer = $"v={Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), signed))}";
        return Continue($"{unproved},p={Convert.ToBase64String(proof)}");
    }

    public static BsonDocument Continue(string payload, int conversation = 1) =>
        new() { { "saslContinue", 1 }, { "conversationId", conversation }, { "payload", Binary(payload) }, { "$db", "admin" } };

    public static string Text(BsonDocument reply) => Encoding.UTF8.GetString(reply["payload"].AsByteArray);

    /// <summary>Authenticates a connection.</summary>
    public async Task<BsonDocument> RunAsync(WireClient client, CancellationToken cancellationToken)
    {
        var first = await client.RunAsync(Start(), cancellationToken);
        return await client.RunAsync(Final(Text(first)), cancellationToken);
    }

    private static BsonBinaryData Binary(string text) => new(Encoding.UTF8.GetBytes(text));
}
