using System.Collections.Frozen;
using System.Net;

namespace Promethean.SafeHttp.Tests;

public class AddressPolicyTests
{
    [Fact]
    public void An_allowed_network_allows_any_port_on_it_and_nothing_beside_it()
    {
        var policy = Allowing("10.1.0.0/16");

        policy.Judge(IPAddress.Parse("10.1.2.3"), 8080).Should().BeNull();
        policy.Judge(IPAddress.Parse("::ffff:10.1.2.3"), 8080).Should().BeNull();
        policy.Judge(IPAddress.Parse("10.2.0.0"), 80).Should().NotBeNull();
    }

    [Fact]
    public void Public_addresses_answer_on_the_allowed_ports_alone()
    {
        var policy = new AddressPolicy(new SafeHttpOptions { AllowedPorts = FrozenSet.Create(80, 443, 8443) });

        policy.Judge(IPAddress.Parse("8.8.8.8"), 8443).Should().BeNull();
        policy.Judge(IPAddress.Parse("8.8.8.8"), 22)!.Reason.Should().Be("port 22 is not allowed");
    }

    [Fact]
    public void A_denied_network_is_refused_although_public_and_although_allowed()
    {
        var policy = new AddressPolicy(new SafeHttpOptions
        {
            AllowedNetworks = [Cidr.Parse("0.0.0.0/0")],
            DeniedNetworks = [Cidr.Parse("8.8.8.0/24")],
        });

        policy.Judge(IPAddress.Parse("8.8.8.8"), 80)!.Reason.Should().Contain("8.8.8.0/24");
        policy.Judge(IPAddress.Parse("127.0.0.1"), 80).Should().BeNull();
    }

    [Fact]
    public void An_allowed_translation_prefix_still_judges_the_address_it_leads_to()
    {
        var policy = Allowing("64:ff9b::/96");

        policy.Judge(IPAddress.Parse("64:ff9b::808:808"), 443).Should().BeNull();
        policy.Judge(IPAddress.Parse("64:ff9b::7f00:1"), 443)!.Reason.Should().Contain("loopback");
        policy.Judge(IPAddress.Parse("64:ff9b::808:808"), 22)!.Reason.Should().Contain("port 22");
    }

    [Fact]
    public void IPv6_loopback_can_be_allowed() => Allowing("::1").Judge(IPAddress.IPv6Loopback, 5000).Should().BeNull();

    private static AddressPolicy Allowing(string network) => new(new SafeHttpOptions { AllowedNetworks = [Cidr.Parse(network)] });
}
