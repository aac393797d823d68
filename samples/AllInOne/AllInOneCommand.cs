using System.CommandLine;
using System.CommandLine.Parsing;
using Promethean.SafeHttp;

namespace AllInOne;

/// <summary>The command line: options, their checks and their help.</summary>
internal static class AllInOneCommand
{
    private static readonly Option<string[]> Seed = new("--seed") { Description = "Where to begin; repeatable. Without it, this repository's own docs are served on loopback and crawled." };
    private static readonly Option<int?> MaxPages = new("--max-pages") { Description = "Pages to fetch at most [default: 1000]" };
    private static readonly Option<int?> MaxDepth = new("--max-depth") { Description = "Links to follow from a seed [default: 5]" };
    private static readonly Option<string> Data = new("--data") { Description = "Where everything is kept", DefaultValueFactory = _ => "promethean-data" };
    private static readonly Option<string[]> AllowNetwork = new("--allow-network") { Description = "A private network (CIDR) that may be crawled; repeatable" };
    private static readonly Option<bool> Once = new("--once") { Description = "Crawl, print one JSON line, end" };
    private static readonly Option<string?> Search = new("--search") { Description = "Search when the crawl is done and print the hits" };
    private static readonly Option<int?> Port = new("--port") { Description = "The page's loopback port; 0 chooses one [default: 3210, with --once 0]" };
    private static readonly Option<int?> BrokerPort = new("--broker-port") { Description = "The broker's loopback port; 0 chooses one [default: 7000, with --once 0]" };
    private static readonly Option<int?> DocsPort = new("--docs-port") { Description = "The loopback port of the docs crawled without --seed; 0 chooses one [default: 3211]" };

    /// <summary>Parses, and runs when what was typed makes sense; the exit code is the run's, or 1 with a message.</summary>
    public static Task<int> RunAsync(string[] args, Func<AllInOneOptions, CancellationToken, Task<int>> run)
    {
        AtLeast(MaxPages, 1);
        AtLeast(MaxDepth, 0);
        IsPort(Port);
        IsPort(BrokerPort);
        IsPort(DocsPort);
        IsGiven(Data);
        IsGiven(Search);
        AllowNetwork.Validators.Add(CheckNetworks);
        var command = new RootCommand("Crawls a site, summarises, tags and indexes its pages, and answers searches: the whole system in one process.")
        {
            Seed, MaxPages, MaxDepth, Data, AllowNetwork, Once, Search, Port, BrokerPort, DocsPort,
        };
        command.SetAction((result, token) => run(Read(result), token));
        // The host listens to SIGINT and SIGTERM itself.
        return command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Output = Console.Error });
    }

    private static AllInOneOptions Read(ParseResult result)
    {
        var once = result.GetValue(Once);
        return new AllInOneOptions
        {
            Seeds = result.GetValue(Seed) ?? [],
            MaxPages = result.GetValue(MaxPages),
            MaxDepth = result.GetValue(MaxDepth),
            DataDirectory = Path.GetFullPath(result.GetValue(Data)!),
            AllowedNetworks = [.. (result.GetValue(AllowNetwork) ?? []).Select(Cidr.Parse)],
            Once = once,
            Search = result.GetValue(Search),
            Port = result.GetValue(Port) ?? (once ? 0 : 3210),
            BrokerPort = result.GetValue(BrokerPort) ?? (once ? 0 : 7000),
            DocsPort = result.GetValue(DocsPort) ?? 3211,
        };
    }

    private static void AtLeast(Option<int?> option, int least) => option.Validators.Add(result =>
    {
        if (!result.Tokens.All(token => int.TryParse(token.Value, out var value) && value >= least))
        {
            result.AddError($"{option.Name} takes a whole number from {least}, not '{result.Tokens[0].Value}'.");
        }
    });

    private static void IsPort(Option<int?> option) => option.Validators.Add(result =>
    {
        if (!result.Tokens.All(token => ushort.TryParse(token.Value, out _)))
        {
            result.AddError($"{option.Name} takes a port from 0 to 65535, not '{result.Tokens[0].Value}'.");
        }
    });

    private static void IsGiven(Option option) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
        {
            result.AddError($"{option.Name} takes a text that is not empty.");
        }
    });

    private static void CheckNetworks(OptionResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (!Cidr.TryParse(token.Value, out _, out var error))
            {
                result.AddError($"--allow-network: {error}");
            }
        }
    }
}
