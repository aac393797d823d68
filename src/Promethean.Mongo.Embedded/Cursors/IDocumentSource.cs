using Promethean.Mongo.Embedded.Storage;

namespace Promethean.Mongo.Embedded.Cursors;

/// <summary>Documents that a cursor hands out in batches. Used by one command at a time.</summary>
internal interface IDocumentSource : IDisposable
{
    /// <summary>Whether it is known, without looking further, that nothing follows what was read.</summary>
    bool IsExhausted => false;

    /// <summary>
    /// The documents that follow what was read before, as BSON bytes. A document counts as read once the enumeration has gone on to
    /// it, so the caller keeps one it cannot use. The view must outlive the enumeration, not the source.
    /// </summary>
    IEnumerable<byte[]> Continue(IReadView view, Interruption interruption);
}
