using System.Diagnostics;
using System.Diagnostics.Metrics;
using Promethean.Broker;

namespace Promethean.Workers;

/// <summary>The name under which the workers' metrics are found.</summary>
/// <remarks>Named after OpenTelemetry's conventions for generative AI: the histograms <c>gen_ai.client.operation.duration</c> in
/// seconds, and <c>gen_ai.client.token.usage</c> with <c>gen_ai.token.type</c>; both with <c>gen_ai.operation.name</c>,
/// <c>gen_ai.provider.name</c> and <c>gen_ai.request.model</c>, and the first on failure with <c>error.type</c>, the wire's code.</remarks>
public static class WorkersDiagnostics
{
    /// <summary>The name of the meter: <c>Promethean.Workers</c>.</summary>
    public const string Name = "Promethean.Workers";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "How long a model's answer took.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
        });

    private static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "Tokens that a model read and wrote.",
        advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
        });

    internal static void Called(string operation, string provider, string? model, string? error, TimeSpan duration)
    {
        if (!Duration.Enabled) return;
        var tags = Tags(operation, provider, model);
        if (error is not null) tags.Add("error.type", error);
        Duration.Record(duration.TotalSeconds, tags);
    }

    internal static void Counted(string operation, string provider, string model, TokenUsage usage)
    {
        if (!Tokens.Enabled) return;
        Count("input", usage.PromptTokens);
        Count("output", usage.CompletionTokens);

        void Count(string type, long tokens)
        {
            if (tokens <= 0) return;
            var tags = Tags(operation, provider, model);
            tags.Add("gen_ai.token.type", type);
            Tokens.Record(tokens, tags);
        }
    }

    private static TagList Tags(string operation, string provider, string? model)
    {
        var tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", provider } };
        if (model is not null) tags.Add("gen_ai.request.model", model);
        return tags;
    }
}
