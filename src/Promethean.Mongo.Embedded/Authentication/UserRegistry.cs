using System.Security.Cryptography;
using System.Text;

namespace Promethean.Mongo.Embedded.Authentication;

/// <summary>The users of one server. Safe for any number of threads.</summary>
internal sealed class UserRegistry
{
    /// <summary>The database in which all users are.</summary>
    public const string Database = "admin";

    private readonly Dictionary<string, ScramCredential> _credentials = new(StringComparer.Ordinal);
    private readonly byte[] _secret = [];

    public UserRegistry(IReadOnlyCollection<EmbeddedMongoUser> users)
    {
        // Most servers are those of tests and have none; loading the cryptography takes a fifth of their start.
        if (users.Count == 0) return;
        _secret = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        foreach (var user in users) _credentials.Add(user.Name, ScramCredential.Of(user.Password, RandomNumberGenerator.GetBytes(ScramCredential.SaltBytes)));
    }

    /// <summary>Whether clients must say who they are: there are users.</summary>
    public bool AreRequired => _credentials.Count > 0;

    public bool Contains(string name) => _credentials.ContainsKey(name);

    /// <summary>
    /// What a user's proof is held against. A name that nobody has gets a salt, too, always the same, and keys that no password has:
    /// whoever tries names learns nothing from the answers.
    /// </summary>
    public ScramCredential Find(string name, string database)
    {
        // Made up in any case, for a known name to take no less time.
        var salt = Pseudorandom("salt", name, database);
        var unknown = new ScramCredential(salt[..ScramCredential.SaltBytes], Pseudorandom("stored", name, database), Pseudorandom("server", name, database));
        return database == Database && _credentials.TryGetValue(name, out var credential) ? credential : unknown;
    }

    private byte[] Pseudorandom(string purpose, string name, string database) =>
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{purpose}\0{database}\0{name}"));
}
