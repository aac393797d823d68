using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Authentication;

/// <summary>The server's side of one SCRAM-SHA-256 exchange (RFC 5802, section 5, and RFC 7677).</summary>
/// <remarks>
/// <code>
/// client-first = ("n" | "y") ",," bare        bare         = "n=" name ",r=" nonce ("," extension)*
/// server-first = "r=" nonce nonce' ",s=" salt ",i=" count
/// client-final = unproved ",p=" proof         unproved     = "c=" base64(gs2 header) ",r=" nonce nonce'
/// server-final = "v=" signature
/// </code>
/// </remarks>
internal sealed class ScramConversation
{
    private const int NonceBytes = 24;
    private const int HeaderLength = 3;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _header;
    private readonly string _bare;
    private readonly string _nonce;
    private readonly string _serverFirst;
    private readonly ScramCredential _credential;
    private readonly bool _skipsEmptyExchange;
    private bool _isProved;

    private ScramConversation(string header, string bare, string user, string nonce, ScramCredential credential, bool skipsEmptyExchange)
    {
        _header = header;
        _bare = bare;
        UserName = user;
        _nonce = nonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        _credential = credential;
        _skipsEmptyExchange = skipsEmptyExchange;
        _serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(credential.Salt)},i={ScramCredential.Iterations}");
    }

    /// <summary>Who the client says it is.</summary>
    public string UserName { get; }

    /// <summary>Whether the client has proved it, and the exchange is at its end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The answer to the client's first message.</summary>
    public byte[] ServerFirst => Encoding.UTF8.GetBytes(_serverFirst);

    /// <summary>Reads a client's first message.</summary>
    /// <exception cref="MongoCommandFailedException">Code 18: it is none.</exception>
    public static ScramConversation Begin(ReadOnlySpan<byte> clientFirst, string database, UserRegistry users, bool skipsEmptyExchange)
    {
        var message = Text(clientFirst);
        // No channel binding, for there is no TLS, and nobody acts for another.
        if (!message.StartsWith("n,,", StringComparison.Ordinal) && !message.StartsWith("y,,", StringComparison.Ordinal)) throw Failed();
        var bare = message[HeaderLength..];
        var attributes = bare.Split(',');
        if (attributes is not [['n', '=', .. var name], ['r', '=', .. { Length: > 0 } nonce], ..]) throw Failed();
        var user = UserOf(name);
        return new ScramConversation(message[..HeaderLength], bare, user, nonce, users.Find(user, database), skipsEmptyExchange);
    }

    /// <summary>Reads a further message of the client, and returns the answer.</summary>
    /// <exception cref="MongoCommandFailedException">Code 18: the client does not know the password.</exception>
    public byte[] Continue(ReadOnlySpan<byte> message)
    {
        if (IsDone || (_isProved && !message.IsEmpty)) throw Failed();
        var answer = _isProved ? [] : Prove(Text(message));
        // Older drivers end with an empty message each way.
        IsDone = _isProved || _skipsEmptyExchange;
        _isProved = true;
        return answer;
    }

    /// <summary>The failure of every authentication, whatever its cause: the cause is nobody's business.</summary>
    public static MongoCommandFailedException Failed() => new(MongoErrorCode.AuthenticationFailed, "Authentication failed.");

    private byte[] Prove(string clientFinal)
    {
        var proofAt = clientFinal.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0) throw Failed();
        var unproved = clientFinal[..proofAt];
        var expected = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_header))},r={_nonce}";
        var proof = new byte[SHA256.HashSizeInBytes];
        var isProof = Convert.TryFromBase64String(clientFinal[(proofAt + 3)..], proof, out var proofLength) && proofLength == proof.Length;
        var signed = Encoding.UTF8.GetBytes($"{_bare},{_serverFirst},{unproved}");
        var signature = HMACSHA256.HashData(_credential.StoredKey, signed);
        for (var i = 0; i < proof.Length; i++) proof[i] ^= signature[i];
        var isKey = CryptographicOperations.FixedTimeEquals(SHA256.HashData(proof), _credential.StoredKey);
        // Extensions may follow what is expected.
        var isSame = unproved == expected || unproved.StartsWith(expected + ",", StringComparison.Ordinal);
        if (!(isKey & isProof & isSame)) throw Failed();
        return Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(HMACSHA256.HashData(_credential.ServerKey, signed))}");
    }

    /// <summary>A name, in which a comma is written <c>=2C</c> and an equals sign <c>=3D</c>.</summary>
    private static string UserOf(string name)
    {
        var plain = name.Replace("=2C", "", StringComparison.Ordinal).Replace("=3D", "", StringComparison.Ordinal);
        if (name.Length == 0 || plain.Contains('=')) throw Failed();
        return name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Failed();
        }
    }
}
