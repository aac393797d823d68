using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Promethean.JsonSchema.Compilation;
using Promethean.JsonSchema.Evaluating;

namespace Promethean.JsonSchema;

/// <summary>
/// A JSON Schema of draft 2020-12, compiled once: it says whether a text satisfies it, or all that is wrong. Immutable, for any number of threads.
/// Texts of strangers never make it throw: what is not JSON, not UTF-8, or nested too deep is not valid. Of two members of one name the later
/// counts. <c>format</c> and the content keywords are annotations and refuse nothing.
/// </summary>
public sealed class JsonSchemaValidator
{
    private readonly JsonSchemaOptions options;
    private readonly SchemaResource document;
    private readonly Dictionary<(SchemaResource, string), SchemaNode> nodes;
    private readonly SchemaNode node;

    private JsonSchemaValidator(JsonSchemaOptions options, SchemaResource document, Dictionary<(SchemaResource, string), SchemaNode> nodes, SchemaNode node)
    {
        this.options = options;
        this.document = document;
        this.nodes = nodes;
        this.node = node;
    }

    /// <summary>Where the schema stands: its resource's URI, if it has one, and a JSON pointer.</summary>
    public string Location => node.Location;

    /// <summary>Compiles a schema from its UTF-8 text.</summary>
    /// <param name="schema">One JSON value, an object or a boolean.</param>
    /// <param name="options">Default: no other documents, 64 levels, 32 errors.</param>
    /// <exception cref="JsonSchemaException">The schema is wrong, or refers to something that is not there; the message names the keyword's location.</exception>
    public static JsonSchemaValidator Compile(ReadOnlyMemory<byte> schema, JsonSchemaOptions? options = null) =>
        CompileText(schema, (options ?? new()).Checked());

    /// <inheritdoc cref="Compile(ReadOnlyMemory{byte}, JsonSchemaOptions?)"/>
    public static JsonSchemaValidator Compile(string schema, JsonSchemaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Compile(Encoding.UTF8.GetBytes(schema), options);
    }

    /// <inheritdoc cref="Compile(ReadOnlyMemory{byte}, JsonSchemaOptions?)"/>
    public static JsonSchemaValidator Compile(JsonElement schema, JsonSchemaOptions? options = null) =>
        Compile(Encoding.UTF8.GetBytes(schema.GetRawText()), options);

    /// <summary>The schema at a place in the same document, compiled with it. Take it once and keep it.</summary>
    /// <param name="path">A JSON pointer from the document's top, such as <c>/$defs/publish</c>.</param>
    /// <exception cref="ArgumentException">No schema stands there.</exception>
    public JsonSchemaValidator At(string path) =>
        TryAt(path, out var schema) ? schema : throw new ArgumentException($"No schema stands at '{path}' in {document.Locate("")}", nameof(path));

    /// <summary>The schema at a place in the same document, if one stands there.</summary>
    /// <param name="path">A JSON pointer from the document's top, such as <c>/$defs/publish</c>.</param>
    /// <param name="schema">The schema found.</param>
    public bool TryAt(string path, [NotNullWhen(true)] out JsonSchemaValidator? schema)
    {
        ArgumentNullException.ThrowIfNull(path);
        schema = JsonPointer.Follow(document, path) is { } place && nodes.TryGetValue((place.Resource, place.Pointer), out var found)
            ? new(options, document, nodes, found)
            : null;
        return schema is not null;
    }

    /// <summary>Whether a text satisfies the schema; stops at the first thing wrong. Allocates nothing for small valid texts.</summary>
    /// <param name="json">UTF-8, one JSON value.</param>
    public bool IsValid(ReadOnlySpan<byte> json)
    {
        var scratch = Scratch.Take();
        var valid = scratch.Tape.Read(json, options.MaxDepth) is null && Satisfies(json, scratch, errors: null);
        scratch.Give();
        return valid;
    }

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    public bool IsValid(ReadOnlyMemory<byte> json) => IsValid(json.Span);

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    /// <param name="json">A value that was parsed without comments and trailing commas; with them it is not valid.</param>
    public bool IsValid(JsonElement json) => IsValid(JsonMarshal.GetRawUtf8Value(json));

    /// <summary>Says what is wrong with a text, if anything is.</summary>
    /// <param name="json">UTF-8, one JSON value.</param>
    public SchemaResult Evaluate(ReadOnlySpan<byte> json)
    {
        var scratch = Scratch.Take();
        var problem = scratch.Tape.Read(json, options.MaxDepth);
        var errors = new ErrorList(options.MaxErrors, new());
        if (problem is not null) errors.Add(new("", "", "", problem));
        var valid = problem is null && Satisfies(json, scratch, errors);
        scratch.Give();
        return new(valid, valid ? [] : errors.Errors);
    }

    /// <inheritdoc cref="Evaluate(ReadOnlySpan{byte})"/>
    public SchemaResult Evaluate(ReadOnlyMemory<byte> json) => Evaluate(json.Span);

    /// <inheritdoc cref="Evaluate(ReadOnlySpan{byte})"/>
    /// <param name="json">A value that was parsed without comments and trailing commas; with them it is not valid.</param>
    public SchemaResult Evaluate(JsonElement json) => Evaluate(JsonMarshal.GetRawUtf8Value(json));

    /// <summary>The error worth telling first, in a line for an error frame; null where the text satisfies the schema.</summary>
    /// <param name="json">UTF-8, one JSON value.</param>
    public string? FirstError(ReadOnlySpan<byte> json) => IsValid(json) ? null : Evaluate(json).Summary;

    private bool Satisfies(ReadOnlySpan<byte> json, Scratch scratch, ErrorList? errors)
    {
        try
        {
            var run = new Evaluation(scratch.Tape.Over(json), scratch, errors);
            return node.Evaluate(ref run, 0) && !run.Aborted;
        }
        catch (InsufficientExecutionStackException)
        {
            errors?.Add(new("", "", node.Location, "cannot be judged: it is nested too deep for what is left of the stack"));
            return false;
        }
    }

    private static JsonSchemaValidator CompileText(ReadOnlyMemory<byte> text, JsonSchemaOptions options)
    {
        var uri = options.BaseUri is { } baseUri ? UriReference.Split(baseUri.OriginalString).Uri : SchemaResource.Nameless;
        var library = new SchemaLibrary(options.Documents);
        var document = library.Add(uri, SchemaLibrary.Parse(text, options.BaseUri is null ? "" : uri));
        var nodes = new SchemaCompiler(library, options.PatternTimeout).Compile(document);
        return new(options, document, nodes, nodes[(document, "")]);
    }
}
