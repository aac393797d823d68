using System.Net;
using System.Net.Sockets;

namespace Promethean.EndToEnd.Tests;

/// <summary>What a user gets wrong: a message that names it, an exit code that says so, and data left as it was.</summary>
[Trait("Category", "Integration")]
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ftp://example.com/", "ftp")]
    [InlineData("not a url", "not a url")]
    [InlineData("http://127.0.0.1:9/", "--allow-network")]
    [InlineData("http://10.1.2.3/", "10.1.2.3")]
    [InlineData("http://[::ffff:169.254.169.254]/", "--allow-network")]
    public async Task A_seed_that_may_not_be_crawled_is_named(string seed, string named)
    {
        await using var host = HostProcess.Start("AllInOne", ["--seed", seed, "--once", "--data", _folder.In("data")]);

        (await host.ExitAsync(Token)).Should().NotBe(0);
        host.Errors.Should().Contain(named);
        host.Errors.Should().NotContain("   at ", "a stack trace is no message");
    }

    [Theory]
    [InlineData("--allow-network", "10.0.0.0/99")]
    [InlineData("--max-pages", "0")]
    [InlineData("--max-pages", "many")]
    [InlineData("--port", "70000")]
    public async Task A_bad_option_is_named(string option, string value)
    {
        await using var host = HostProcess.Start("AllInOne", ["--once", "--data", _folder.In("data"), option, value]);

        (await host.ExitAsync(Token)).Should().NotBe(0);
        host.Errors.Should().Contain(option).And.Contain(value);
        Directory.Exists(_folder.In("data")).Should().BeFalse("nothing was started");
    }

    [Fact]
    public async Task An_unreachable_seed_is_named_with_the_reason()
    {
        var port = UnusedPort();

        await using var host = HostProcess.Start("AllInOne", ["--seed", $"http://127.0.0.1:{port}/", "--allow-network", "127.0.0.1/32", "--once", "--data", _folder.In("data")]);

        (await host.ExitAsync(Token)).Should().NotBe(0);
        host.Errors.Should().Contain($"http://127.0.0.1:{port}/");
        host.Errors.Should().NotContain("   at ", "a stack trace is no message");
    }

    [Fact]
    public async Task Data_of_another_embedding_dimension_is_refused_and_left_alone()
    {
        await CrawlOnceAsync();
        var before = Fingerprint();

        await using var host = Start(new Dictionary<string, string> { ["EMBED_DIM"] = "128", ["EMBED_MODEL"] = "lexical-hash-128" });

        (await host.ExitAsync(Token)).Should().NotBe(0);
        host.Errors.Should().Contain("384").And.Contain("128");
        host.Errors.Should().NotContain("   at ", "a stack trace is no message");
        Fingerprint().Should().Equal(before);
    }

    [Theory]
    [InlineData("mongo")]
    [InlineData("vectors")]
    public async Task A_corrupt_database_file_is_named_and_left_alone(string which)
    {
        await CrawlOnceAsync();
        var file = Directory.EnumerateFiles(_folder.In("data"), "*", SearchOption.AllDirectories)
            .Single(path => path.EndsWith(".db", StringComparison.Ordinal) && path[_folder.In("data").Length..].Contains(which, StringComparison.Ordinal));
        await File.WriteAllTextAsync(file, "this is not a database, whatever its name says", Token);

        await using var host = Start();

        (await host.ExitAsync(Token)).Should().NotBe(0);
        host.Errors.Should().Contain(Path.GetFileName(file));
        host.Errors.Should().NotContain("   at ", "a stack trace is no message");
        (await File.ReadAllTextAsync(file, Token)).Should().StartWith("this is not a database");
    }

    [Fact]
    public async Task A_data_directory_in_use_is_refused()
    {
        await using var first = HostProcess.Start("AllInOne", ["--data", _folder.In("data"), "--port", "0", "--broker-port", "0", "--docs-port", "0"]);
        await first.FirstLineAsync(Token);

        await using var second = Start();

        (await second.ExitAsync(Token)).Should().NotBe(0);
        second.Errors.Should().Contain(_folder.In("data"));
        second.Errors.Should().NotContain("   at ", "a stack trace is no message");
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task CrawlOnceAsync()
    {
        await using var host = Start();
        (await host.ExitAsync(Token)).Should().Be(0, host.Errors);
    }

    private HostProcess Start(Dictionary<string, string>? environment = null) =>
        HostProcess.Start("AllInOne", ["--data", _folder.In("data"), "--docs-port", "0", "--max-pages", "3", "--once"], environment);

    private List<string> Fingerprint() =>
        [.. Directory.EnumerateFiles(_folder.In("data"), "*.db", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];
}
