using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Promethean.Workers;

/// <summary>Names the models that the workers of a container serve.</summary>
/// <remarks>Two models of a kind under one id are an error at the start of the host.</remarks>
public sealed class WorkersBuilder
{
    internal WorkersBuilder(IServiceCollection services) => Services = services;

    /// <summary>The container's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Serves a chat model, which stays the caller's to dispose.</summary>
    /// <param name="id">The id that requests name, compared exactly.</param>
    /// <param name="client">The model.</param>
    public WorkersBuilder AddChatModel(string id, IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Add(id, _ => client, isOwned: false);
    }

    /// <summary>Serves a chat model made by the container, which disposes it.</summary>
    /// <param name="id">The id that requests name, compared exactly.</param>
    /// <param name="factory">Makes the model, once.</param>
    public WorkersBuilder AddChatModel(string id, Func<IServiceProvider, IChatClient> factory) => Add(id, factory, isOwned: true);

    /// <summary>Serves an embedding model, which stays the caller's to dispose.</summary>
    /// <param name="id">The id that requests name, compared exactly.</param>
    /// <param name="generator">The model.</param>
    public WorkersBuilder AddEmbeddingModel(string id, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return Add(id, _ => generator, isOwned: false);
    }

    /// <summary>Serves an embedding model made by the container, which disposes it.</summary>
    /// <param name="id">The id that requests name, compared exactly.</param>
    /// <param name="factory">Makes the model, once.</param>
    public WorkersBuilder AddEmbeddingModel(string id, Func<IServiceProvider, IEmbeddingGenerator<string, Embedding<float>>> factory) =>
        Add(id, factory, isOwned: true);

    /// <summary>Serves the models that need neither a network nor a download: <c>extractive-summary</c> and
    /// <c>keyphrase-tags</c>.</summary>
    public WorkersBuilder AddOffline() => AddChatModel(ExtractiveSummaryChatClient.ModelId, _ => new ExtractiveSummaryChatClient())
        .AddChatModel(KeyphraseTagsChatClient.ModelId, _ => new KeyphraseTagsChatClient());

    /// <summary>Gives every chat and embedding model whose id is not registered to an Ollama server.</summary>
    /// <remarks>Nothing is asked of the server before the first request. A model that it does not have is
    /// <c>not_found</c>. Only the first server counts.</remarks>
    /// <param name="url">The server's address, for example <c>http://127.0.0.1:11434</c>.</param>
    /// <param name="handler">Makes the transport; a plain one where left out.</param>
    /// <exception cref="ArgumentException">The address is not absolute, or not HTTP.</exception>
    public WorkersBuilder AddOllama(Uri url, Func<IServiceProvider, HttpMessageHandler>? handler = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        OllamaServer.Check(url, url.OriginalString);
        if (Services.Any(service => service.ServiceType == typeof(OllamaServer))) return this;
        Services.AddSingleton(provider => new OllamaServer(url, handler?.Invoke(provider)));
        return Add<IChatClient>(null, provider => provider.GetRequiredService<OllamaServer>().Client, isOwned: false)
            .Add<IEmbeddingGenerator<string, Embedding<float>>>(null, provider => provider.GetRequiredService<OllamaServer>().Client, isOwned: false);
    }

    /// <summary>Does as <see cref="AddOllama(Uri, Func{IServiceProvider, HttpMessageHandler})"/> with an address as a person
    /// writes it, for example in <c>OLLAMA_URL</c>.</summary>
    /// <param name="url">The server's address.</param>
    /// <exception cref="ArgumentException">The text is no address; the message shows a good one.</exception>
    public WorkersBuilder AddOllama(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        Uri.TryCreate(url.Trim(), UriKind.Absolute, out var address);
        OllamaServer.Check(address, url);
        return AddOllama(address);
    }

    private WorkersBuilder Add<TModel>(string? id, Func<IServiceProvider, TModel> factory, bool isOwned)
        where TModel : class, IDisposable
    {
        if (id is not null) ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(factory);
        Services.AddSingleton(provider => new ModelRegistration<TModel>(id, factory(provider), isOwned));
        return this;
    }
}
