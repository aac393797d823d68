using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Promethean.Broker.Server.Tests;

/// <summary>An organisation is known for as long as anyone acts for it, and no longer.</summary>
public sealed class TenantTableTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_last_to_leave_takes_its_organisation_along()
    {
        var table = new TenantTable(new(), TimeProvider.System);
        var first = table.Enter(Of("acme"));
        table.Enter(Of("acme")).Should().BeSameAs(first);
        table.Stay(first);
        for (var left = 3; left > 0; left--)
        {
            table.Count.Should().Be(1);
            table.Leave(first);
        }

        table.Count.Should().Be(0);
        table.Enter(Of("acme")).Should().NotBeSameAs(first);
    }

    [Fact]
    public void A_new_connection_is_no_way_around_the_limit_of_frames()
    {
        var time = new FakeTimeProvider();
        var table = new TenantTable(new() { MaxFramesPerSecondPerOrg = 2 }, time);
        var tenant = table.Enter(Of("acme"));
        tenant.TryTakeFrame();
        tenant.TryTakeFrame();
        table.Leave(tenant);
        table.Enter(Of("acme")).TryTakeFrame().Should().NotBeNull();
        time.Advance(TimeSpan.FromMilliseconds(600));
        tenant.TryTakeFrame().Should().BeNull();
        table.Leave(tenant);
        time.Advance(TimeSpan.FromMilliseconds(800));
        table.Count.Should().Be(1, "a frame of its last second still counts");
        time.Advance(TimeSpan.FromMilliseconds(200));
        table.Count.Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20261125)]
    public async Task Whoever_acts_for_an_organisation_at_a_time_shares_its_limits(int seed)
    {
        output.WriteLine($"seed {seed}");
        var table = new TenantTable(new(), TimeProvider.System);
        var actors = Enumerable.Range(0, 8).Select(actor => Task.Run(() => Act(table, new Random((seed * 31) + actor)), Token));
        (await Task.WhenAll(actors)).Sum().Should().Be(0, "two at the same time were given two tenants");
        table.Count.Should().Be(0);
    }

    /// <summary>Connections and sessions of organisations that the host's authentication names come, break, come back and end in the
    /// order of a seed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20261125)]
    public async Task After_any_comings_and_goings_nobody_is_remembered(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(
            services => services.AddAuthentication(OrgHeader.Name).AddScheme<AuthenticationSchemeOptions, OrgHeader>(OrgHeader.Name, null),
            options => (options.UseHostAuthentication, options.ResumeWindow, options.MaxDetachedSessionsPerOrg) = (true, Window, 2),
            time);
        var open = new List<(string Org, string? Session, RawClient Client)>();
        var away = new List<(string Org, string Session)>();
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    var org = $"org{random.Next(4)}";
                    var client = await ConnectAsync(broker, org);
                    open.Add((org, random.Next(3) > 0 ? await BeginAsync(client, "") : null, client));
                    break;
                case 2 when away.Count > 0:
                    var back = away[random.Next(away.Count)];
                    away.Remove(back);
                    var again = await ConnectAsync(broker, back.Org);
                    open.Add((back.Org, await BeginAsync(again, $$$""","payload":{"session":"{{{back.Session}}}","received":0}"""), again));
                    break;
                case 3 when open.Count > 0:
                    time.Advance(TimeSpan.FromSeconds(random.Next(4)));
                    break;
                case 4 when open.Count > 0:
                    var ended = Take(open, random);
                    await ended.Client.CloseAsync();
                    break;
                case 5 when open.Count > 0:
                    var broken = Take(open, random);
                    broken.Client.Abort();
                    if (broken.Session is not null)
                    {
                        away.Add((broken.Org, broken.Session));
                    }

                    break;
            }

            broker.Tenants.Count.Should().BeGreaterThanOrEqualTo(open.Select(one => one.Org).Distinct().Count()).And.BeLessThanOrEqualTo(4);
        }

        open.ForEach(one => one.Client.Abort());
        await Until.TrueAsync(() => broker.Connections.Count == 0);
        time.Advance(Window * 2);
        await Until.TrueAsync(() => broker.Tenants.Count == 0);
    }

    private static ClientIdentity Of(string org) => new(org, "", null);

    /// <summary>How often somebody else's tenant came while one was held.</summary>
    private static int Act(TenantTable table, Random random)
    {
        var strange = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var identity = Of($"org{random.Next(2)}");
            var one = table.Enter(identity);
            Thread.SpinWait(random.Next(20));
            var other = table.Enter(identity);
            strange += one == other ? 0 : 1;
            table.Leave(other);
            Thread.SpinWait(random.Next(20));
            table.Leave(one);
        }

        return strange;
    }

    private static (string Org, string? Session, RawClient Client) Take(List<(string Org, string? Session, RawClient Client)> open, Random random)
    {
        var index = random.Next(open.Count);
        var taken = open[index];
        open.RemoveAt(index);
        return taken;
    }

    private static async Task<RawClient> ConnectAsync(TestBroker broker, string org) => new(
        await broker.ConnectAsync(new("ws://localhost/"), null, request => request.Headers[OrgHeader.Name] = org, Token), broker.Frames);

    private static async Task<string> BeginAsync(RawClient client, string payload)
    {
        var begun = await client.AskAsync($$"""{"id":"0","action":"resume"{{payload}}}""");
        return begun.GetProperty("payload").GetProperty("session").GetString()!;
    }
}
