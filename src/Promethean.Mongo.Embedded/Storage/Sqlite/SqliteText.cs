using System.Globalization;

namespace Promethean.Mongo.Embedded.Storage.Sqlite;

/// <summary>SQL, in which <c>#</c> stands for the number of a table: told apart from others without making the text.</summary>
internal readonly struct SqliteText(string template, long first = 0, long second = 0) : IEquatable<SqliteText>
{
    private readonly string _template = template;
    private readonly long _first = first;
    private readonly long _second = second;

    public static implicit operator SqliteText(string sql) => new(sql);

    // Templates are constants: those that are equal are mostly the same object, which string's equality sees at once.
    public bool Equals(SqliteText other) => _first == other._first && _second == other._second && _template == other._template;

    public override bool Equals(object? obj) => obj is SqliteText other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_template.Length, _first, _second);

    public override string ToString() => _template
        .Replace("##", _second.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("#", _first.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
