using System.Net;
using CsCheck;

namespace Promethean.SafeHttp.Tests;

public class SpecialNetworksTests
{
    private static readonly Gen<(SpecialNetwork Block, IPAddress Address)> _inBlock =
        Gen.Int[0, SpecialNetworks.All.Count - 1].SelectMany(
            i => Gen.Byte.Array[16],
            (i, random) => (SpecialNetworks.All[i], Inside(SpecialNetworks.All[i].Network, random)));

    [Fact]
    public void Every_address_of_every_block_is_refused_however_it_is_dressed() =>
        _inBlock.Sample(sample =>
        {
            var policy = new AddressPolicy(new SafeHttpOptions());
            foreach (var dressed in Dressed(sample.Address))
                if (policy.Judge(dressed, 443) is null) return false;
            return true;
        }, iter: 20_000);

    [Fact]
    public void Addresses_beside_a_block_are_not_counted_to_it()
    {
        foreach (var block in SpecialNetworks.All)
        {
            foreach (var neighbour in Neighbours(block.Network))
                block.Network.Contains(neighbour).Should().BeFalse("{0} lies beside {1}", neighbour, block);
        }
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450::1")]
    public void Public_addresses_are_allowed(string address)
    {
        SpecialNetworks.Find(IPAddress.Parse(address)).Should().BeNull();
        new AddressPolicy(new SafeHttpOptions()).Judge(IPAddress.Parse(address), 80).Should().BeNull();
    }

    [Theory]
    [InlineData("172.31.255.255", "RFC 1918")]
    [InlineData("169.254.169.254", "cloud metadata")]
    [InlineData("168.63.129.16", "Azure")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("fd00:ec2::254", "unique local")]
    [InlineData("64:ff9b::7f00:1", "NAT64")]
    [InlineData("2002:7f00:1::", "6to4")]
    [InlineData("2001:0:1::1", "Teredo")]
    [InlineData("4000::1", "outside 2000::/3")]
    [InlineData("fe80::1%3", "link-local")]
    public void The_reason_names_what_the_block_is_for(string address, string expected) =>
        SpecialNetworks.Find(IPAddress.Parse(address))!.ToString().Should().Contain(expected);

    private static IPAddress Inside(IPNetwork network, byte[] random)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++) bytes[bit / 8] |= (byte)(random[bit / 8] & (0x80 >> (bit % 8)));
        return new IPAddress(bytes);
    }

    private static IEnumerable<IPAddress> Dressed(IPAddress address)
    {
        yield return address;
        var v4 = address.GetAddressBytes();
        if (v4.Length != 4) yield break;
        yield return address.MapToIPv6();
        yield return Embed("64:ff9b::", v4, 12);
        yield return Embed("64:ff9b:1::", v4, 12);
        yield return Embed("2002::", v4, 2);
        yield return Embed("::", v4, 12);
        yield return Embed("::ffff:0:0:0", v4, 12);
        yield return Embed("2001::", [.. v4.Select(b => (byte)~b)], 12);
    }

    private static IPAddress Embed(string prefix, byte[] v4, int at)
    {
        var bytes = IPAddress.Parse(prefix).GetAddressBytes();
        v4.CopyTo(bytes, at);
        return new IPAddress(bytes);
    }

    private static IEnumerable<IPAddress> Neighbours(IPNetwork network)
    {
        var first = network.BaseAddress.GetAddressBytes();
        var last = (byte[])first.Clone();
        for (var bit = network.PrefixLength; bit < last.Length * 8; bit++) last[bit / 8] |= (byte)(0x80 >> (bit % 8));
        if (first.Any(b => b != 0)) yield return Step(first, -1);
        if (last.Any(b => b != 255)) yield return Step(last, 1);
    }

    private static IPAddress Step(byte[] address, int by)
    {
        var bytes = (byte[])address.Clone();
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)(bytes[i] + by);
            if (bytes[i] != (by > 0 ? 0 : 255)) break;
        }
        return new IPAddress(bytes);
    }
}
