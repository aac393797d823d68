using System.Security.Cryptography;
using System.Text;

namespace Promethean.Mongo.Embedded.Authentication;

/// <summary>What the server keeps of a password: enough to check a proof of it, not enough to make one (RFC 5802, section 3).</summary>
internal sealed record ScramCredential(byte[] Salt, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>How often the password is hashed; RFC 7677 asks for 4,096 at least, MongoDB takes this many.</summary>
    public const int Iterations = 15_000;

    /// <summary>A salt and a block's counter fill one block of SHA-256's HMAC.</summary>
    public const int SaltBytes = 28;

    public static ScramCredential Of(string password, byte[] salt, int iterations = Iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(SaslPreparation.Prepare(password)), salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        return new ScramCredential(salt, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }
}
