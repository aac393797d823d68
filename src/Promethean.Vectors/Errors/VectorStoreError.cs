namespace Promethean.Vectors;

/// <summary>What kind of thing went wrong with a vector store.</summary>
public enum VectorStoreError
{
    /// <summary>The store could not read or write: a full disk, a broken connection. The same call may succeed later.</summary>
    Storage = 0,

    /// <summary>A record, or a batch of them, was refused; nothing was stored.</summary>
    InvalidRecord = 1,

    /// <summary>A query was refused.</summary>
    InvalidQuery = 2,

    /// <summary>A collection's name was refused.</summary>
    InvalidName = 3,

    /// <summary>The collection holds vectors of another model or dimension.</summary>
    SpecMismatch = 4,

    /// <summary>The file is not a vector store.</summary>
    NotAStore = 5,

    /// <summary>The file was written by a newer version of this package.</summary>
    NewerFormat = 6,

    /// <summary>The file is a vector store, but damaged.</summary>
    Corrupt = 7,

    /// <summary>Another process, or another store in this one, has the file open.</summary>
    InUse = 8,
}
