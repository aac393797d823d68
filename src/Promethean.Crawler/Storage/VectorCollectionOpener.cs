using Promethean.Vectors;

namespace Promethean.Crawler;

/// <summary>Opens the collection that pages are searched in; the crawler disposes it.</summary>
/// <param name="spec">The model and dimension configured; a collection of another one must refuse with <see cref="EmbeddingSpecMismatchException"/>.</param>
/// <param name="cancellationToken">Ends the opening.</param>
public delegate ValueTask<IVectorCollection> VectorCollectionOpener(EmbeddingSpec spec, CancellationToken cancellationToken);
