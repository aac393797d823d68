namespace Promethean.Mongo.Embedded;

/// <summary>
/// Someone who may use the server, and everything on it: there are no roles. The server keeps salted keys of the password, by which
/// it can be checked and not be found out; the password itself stands in <see cref="EmbeddedMongoServer.ConnectionString"/> alone.
/// </summary>
public sealed class EmbeddedMongoUser
{
    /// <summary>Makes a user of the <c>admin</c> database.</summary>
    /// <param name="name">The name, taken as it is.</param>
    /// <param name="password">The password; letters that look the same count as the same (SASLprep, RFC 4013).</param>
    /// <exception cref="ArgumentException">The name or the password is empty, or holds control characters.</exception>
    public EmbeddedMongoUser(string name, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(password);
        if (name.Any(char.IsControl)) throw new ArgumentException("A user's name holds no control characters.", nameof(name));
        if (password.Any(char.IsControl)) throw new ArgumentException("A password holds no control characters.", nameof(password));
        Name = name;
        Password = password;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    internal string Password { get; }

    /// <summary>The name; never the password.</summary>
    public override string ToString() => Name;
}
