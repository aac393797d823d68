using System.Net;
using Promethean.Crawler;

namespace AllInOne;

/// <summary>What is crawled: the seeds that were named, or our own docs.</summary>
internal sealed record Site(IReadOnlyList<string> Seeds, IReadOnlyList<IPNetwork> Networks, bool IsLocal, DocsSite? Docs)
{
    public static async Task<Site> ChooseAsync(AllInOneOptions options, CancellationToken cancellationToken)
    {
        var seeds = options.Seeds.Count > 0 ? options.Seeds : CrawlerEnvironment.ReadSeeds();
        if (seeds.Count > 0)
        {
            return new Site(seeds, options.AllowedNetworks, seeds.All(seed => IsIn(seed, options.AllowedNetworks)), null);
        }

        var docs = await DocsSite.StartAsync(options.DocsPort, cancellationToken);
        IPNetwork[] networks = [.. options.AllowedNetworks, new IPNetwork(IPAddress.Loopback, 32)];
        return new Site([docs.Address.ToString()], networks, IsLocal: true, docs);
    }

    private static bool IsIn(string seed, IReadOnlyList<IPNetwork> networks) =>
        Uri.TryCreate(seed, UriKind.Absolute, out var url)
        && IPAddress.TryParse(url.DnsSafeHost, out var address)
        && networks.Any(network => network.Contains(address));
}
