namespace Promethean.Mongo.Embedded.ChangeStreams;

/// <summary>What of a whole document an event is to carry.</summary>
internal enum ImageMode
{
    /// <summary>Nothing more than the event itself has.</summary>
    None,

    /// <summary>The document as it is now.</summary>
    Lookup,

    /// <summary>The document as it was kept with the change, or null.</summary>
    WhenAvailable,

    /// <summary>The document as it was kept with the change, or the stream fails.</summary>
    Required,
}
