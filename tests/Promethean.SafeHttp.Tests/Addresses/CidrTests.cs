using System.Net;
using CsCheck;

namespace Promethean.SafeHttp.Tests;

public class CidrTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData(" 127.0.0.1 ", "127.0.0.1/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("fd00::/8", "fd00::/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    public void Networks_and_single_addresses_are_read(string text, string expected) =>
        Cidr.Parse(text).ToString().Should().Be(expected);

    [Theory]
    [InlineData("10.0.0.1/8", "Did you mean 10.0.0.0/8, or the one address 10.0.0.1?")]
    [InlineData("10.0.0.0/33", "from 0 to 32")]
    [InlineData("fd00::/129", "from 0 to 128")]
    [InlineData("10.0.0.0/-1", "from 0 to 32")]
    [InlineData("10.0.0.0/", "from 0 to 32")]
    [InlineData("localhost", "'localhost' is not an IP address")]
    [InlineData("10/8", "'10' is not an IP address")]
    [InlineData("010.0.0.0/8", "'010.0.0.0' is not an IP address")]
    [InlineData("", "is not an IP address")]
    public void A_mistake_is_named(string text, string expected)
    {
        var reading = () => Cidr.Parse(text);

        reading.Should().Throw<FormatException>().Which.Message.Should().Contain(expected);
    }

    [Fact]
    public void Any_network_reads_back_as_written() =>
        Gen.Select(Gen.Byte.Array[4, 4], Gen.Int[0, 32]).Sample((bytes, prefix) =>
        {
            for (var bit = prefix; bit < 32; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            var network = new IPNetwork(new IPAddress(bytes), prefix);
            return Cidr.Parse(network.ToString()).Equals(network);
        });

    [Fact]
    public void No_text_makes_it_throw_when_asked_not_to() =>
        Gen.String.Sample(text => Cidr.TryParse(text, out _, out var error) == (error is null));
}
