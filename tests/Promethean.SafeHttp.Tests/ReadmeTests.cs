namespace Promethean.SafeHttp.Tests;

public class ReadmeTests
{
    [Fact]
    public async Task The_example_runs()
    {
        using var output = new StringWriter();
        await ExampleAsync(output);

        output.ToString().Trim().Should().Be(
            "Refused to connect to 169.254.169.254:80: 169.254.169.254 is refused because it is in 169.254.0.0/16 "
            + "(link-local, cloud metadata, RFC 3927). What would allow it: SafeHttpOptions.AllowedNetworks, "
            + "with 169.254.169.254/32 or a wider network.");
    }

    private static async Task ExampleAsync(TextWriter Console)
    {
        using var client = new HttpClient(new SafeHttpHandler(new SafeHttpOptions
        {
            AllowedNetworks = [Cidr.Parse("10.20.0.0/16")], // the one inner network it may reach
        }));

        try
        {
            await client.GetStringAsync("http://169.254.169.254/latest/meta-data/");
        }
        catch (ForbiddenAddressException e)
        {
            Console.WriteLine(e.Message);
        }
    }
}
