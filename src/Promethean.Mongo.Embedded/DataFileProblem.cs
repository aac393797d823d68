namespace Promethean.Mongo.Embedded;

/// <summary>Why a data directory cannot be opened.</summary>
public enum DataFileProblem
{
    /// <summary>The file is not a database of this server at all.</summary>
    NotADatabase,

    /// <summary>The file is a database of this server, but its content is damaged.</summary>
    Corrupt,

    /// <summary>A later version of this package wrote the file in a format this version cannot read.</summary>
    NewerFormat,

    /// <summary>Another server, in this process or another, holds the data directory.</summary>
    InUse,

    /// <summary>The disk refuses: no space, no permission, a failing or read-only device. The data is not harmed.</summary>
    Storage,
}
