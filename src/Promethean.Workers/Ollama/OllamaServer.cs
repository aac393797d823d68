using System.Diagnostics.CodeAnalysis;
using OllamaSharp;

namespace Promethean.Workers;

/// <summary>One Ollama server behind the two faces of models; each call's options name the model.</summary>
internal sealed class OllamaServer : IDisposable
{
    private readonly HttpClient _http;

    public OllamaServer(Uri url, HttpMessageHandler? handler)
    {
        _http = handler is null ? new HttpClient() : new HttpClient(handler);
        // Relative paths are resolved against the last slash, and how long a model may take is the worker's to say.
        _http.BaseAddress = url.AbsoluteUri.EndsWith('/') ? url : new(url.AbsoluteUri + "/");
        _http.Timeout = Timeout.InfiniteTimeSpan;
        Client = new(_http);
    }

    public OllamaApiClient Client { get; }

    public static void Check([NotNull] Uri? url, string text)
    {
        if (url is not { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0 })
        {
            throw new ArgumentException($"'{text}' is not the address of an Ollama server (OLLAMA_URL): it must be an absolute http or https URL such as http://127.0.0.1:11434.", nameof(url));
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }
}
