using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Promethean.Vectors;

/// <summary>Vector collections inside the process: exact search over memory, and every acknowledged write in one SQLite file.</summary>
/// <remarks>
/// <para>Safe from any thread. Searches run on the calling thread (large ones on a few more) and side by side; writes run on
/// the calling thread one after another, wait for the searches that are running, and are seen whole or not at all. All vectors, texts and metadata lie in memory: about
/// four bytes per number, plus the texts; exact search is the right choice up to some hundred thousand records.</para>
/// <para>The file belongs to one store at a time. A write that was acknowledged survives the end of the process, however it
/// ends, and a power cut. A file that is damaged, foreign or newer is refused and left as it is.</para>
/// <para>Disposing closes the file and with it every collection of the store.</para>
/// </remarks>
public sealed class EmbeddedVectorStore : IAsyncDisposable
{
    private readonly Dictionary<string, EmbeddedVectorData> _collections = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly EmbeddedVectorStoreOptions _options;
    private readonly VectorFile? _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _disposed;

    private EmbeddedVectorStore(EmbeddedVectorStoreOptions options, VectorFile? file, TimeProvider time, ILogger logger)
    {
        _options = options;
        _file = file;
        _time = time;
        _logger = logger;
    }

    private string Place => _file is null ? "memory" : $"'{_file.Path}'";

    /// <summary>Opens a store, making its file when there is none.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">Measures queries. Default: the system's.</param>
    /// <param name="logger">Where the store tells what it opened. Default: nowhere.</param>
    /// <param name="cancellationToken">Looked at once, before anything is opened.</param>
    /// <exception cref="VectorStoreException">
    /// The file is not a vector store, is newer than this package, is damaged, is open elsewhere, or cannot be read or
    /// written; it was not changed.
    /// </exception>
    public static ValueTask<EmbeddedVectorStore> OpenAsync(
        EmbeddedVectorStoreOptions options,
        TimeProvider? time = null,
        ILogger<EmbeddedVectorStore>? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        cancellationToken.ThrowIfCancellationRequested();
        var log = (ILogger?)logger ?? NullLogger.Instance;
        var file = options.Path is { } path ? VectorFile.Open(Path.GetFullPath(path)) : null;
        if (file is not null) Log.Opened(log, file.Path);
        return ValueTask.FromResult(new EmbeddedVectorStore(options, file, time ?? TimeProvider.System, log));
    }

    /// <summary>Opens a collection, making it when there is none.</summary>
    /// <param name="name">Its name: 3 to 512 of a-z, A-Z, 0-9, <c>.</c>, <c>_</c> and <c>-</c>, with a letter or digit first and last.</param>
    /// <param name="spec">Which vectors it holds; must be what it was made with.</param>
    /// <param name="cancellationToken">Honoured until the collection is being read.</param>
    /// <returns>A handle of its own; handles of one collection share its data.</returns>
    /// <exception cref="EmbeddingSpecMismatchException">It was made for another model or dimension; nothing was changed.</exception>
    /// <exception cref="VectorStoreException">The name is refused, or the file could not be read or written.</exception>
    public async ValueTask<IVectorCollection> OpenCollectionAsync(string name, EmbeddingSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        CheckName(name);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_collections.TryGetValue(name, out var data))
            {
                var stored = _file?.FindCollection(name);
                Demand(stored?.Spec ?? spec, spec, name);
                data = new EmbeddedVectorData(name, spec) { FileId = stored?.Id ?? _file?.AddCollection(name, spec) ?? 0 };
                _file?.Load(data);
                _collections.Add(name, data);
                Log.CollectionOpened(_logger, name, data.Table.Count, spec);
            }

            Demand(data.Spec, spec, name);
            return new EmbeddedVectorCollection(this, data);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the file; afterwards the store and its collections throw <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed) return;
            _disposed = true;
            _file?.Dispose();
            foreach (var data in _collections.Values) data.Dispose();
        }
        finally
        {
            _gate.Release();
        }
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>Changes a collection: on disk first, then in memory for the searches to see; one change at a time.</summary>
    internal async ValueTask<T> WriteAsync<T>(EmbeddedVectorData data, Func<VectorTable, VectorChange<T>> plan, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var change = plan(data.Table);
            if (change.Upserts.Count + change.Deletes.Count > 0)
            {
                _file?.Write(data.FileId, change.Upserts, change.Deletes);
                data.Table.Apply(change.Upserts, change.Deletes);
                VectorsTelemetry.Changed(data.Name, change.Upserts.Count, change.Deletes.Count);
            }

            return change.Result;
        }
        finally
        {
            _gate.Release();
        }
    }

    internal IReadOnlyList<VectorHit> Query(EmbeddedVectorData data, VectorQuery query, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var hits = data.Table.Query(query, _options.MaxQueryThreads, cancellationToken);
        VectorsTelemetry.Queried(data.Name, _time.GetElapsedTime(started));
        return hits;
    }

    // The same rule as Chroma's, so that a collection can move there under its own name.
    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is < 3 or > 512
            || !char.IsAsciiLetterOrDigit(name[0])
            || !char.IsAsciiLetterOrDigit(name[^1])
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new VectorStoreException(
                VectorStoreError.InvalidName,
                $"The collection name '{name}' is refused: take 3 to 512 of a-z, A-Z, 0-9, '.', '_' and '-', with a letter or digit first and last.");
        }
    }

    private void Demand(EmbeddingSpec stored, EmbeddingSpec asked, string name)
    {
        if (stored != asked) throw new EmbeddingSpecMismatchException(name, Place, stored, asked);
    }

    private async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_disposed) return;
        _gate.Release();
        ThrowIfDisposed();
    }
}
