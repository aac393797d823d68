using System.Runtime.InteropServices;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Promethean.Tool.Tests;

[Trait("Category", "Integration")]
public sealed class MongoServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("promethean-tool-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_ends_it_and_stdout_holds_nothing_but_ready(PosixSignal signal)
    {
        var (server, address) = await ToolProcess.ServeMongoAsync(Token, "--memory");
        await using var process = server;
        await InsertAsync(address, 1);

        server.Signal(signal);

        (await server.EndAsync(Token)).Should().BeEquivalentTo((0, Array.Empty<string>()));
        server.Errors.Should().Contain("in memory");
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_kill_9_and_after_a_signal()
    {
        var (killed, address) = await ToolProcess.ServeMongoAsync(Token, "--data", Data);
        await using (killed)
        {
            await InsertAsync(address, 1);
            await killed.KillAsync();
        }

        var (ended, second) = await ToolProcess.ServeMongoAsync(Token, "--data", Data);
        await using (ended)
        {
            (await CountAsync(second)).Should().Be(1);
            await InsertAsync(second, 2);
            ended.Signal(PosixSignal.SIGTERM);
            (await ended.EndAsync(Token)).Code.Should().Be(0, ended.Errors);
        }

        var (last, third) = await ToolProcess.ServeMongoAsync(Token, "--data", Data);
        await using var process = last;
        (await CountAsync(third)).Should().Be(2);
        last.Errors.Should().NotContain("in memory");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_next_step()
    {
        var (server, address) = await ToolProcess.ServeMongoAsync(Token);
        await using var process = server;
        var port = new MongoUrl(address).Server.Port;

        await using var second = ToolProcess.Start("mongo", "serve", "--port", $"{port}");

        (await second.EndAsync(Token)).Should().BeEquivalentTo((1, Array.Empty<string>()));
        second.Errors.Trim().Should().Be($"error: Cannot listen on 127.0.0.1:{port}: Address already in use. Choose another port, or 0 for a free one.");
    }

    [Fact]
    public async Task A_directory_in_use_is_named()
    {
        var (server, _) = await ToolProcess.ServeMongoAsync(Token, "--data", Data);
        await using var process = server;

        await SaysAsync(1, ["use", Data], "--data", Data);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_left_as_it_is()
    {
        var (server, address) = await ToolProcess.ServeMongoAsync(Token, "--data", Data);
        await using (server)
        {
            await InsertAsync(address, 1);
            server.Signal(PosixSignal.SIGTERM);
            await server.EndAsync(Token);
        }

        var file = Directory.EnumerateFiles(Data).MaxBy(path => new FileInfo(path).Length)!;
        var bytes = await File.ReadAllBytesAsync(file, Token);
        Array.Fill(bytes, (byte)0xA5, 4096, bytes.Length - 4096);
        await File.WriteAllBytesAsync(file, bytes, Token);

        await SaysAsync(1, [file], "--data", Data);

        (await File.ReadAllBytesAsync(file, Token)).Should().Equal(bytes);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_named()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Token);

        await SaysAsync(1, [file], "--data", Path.Combine(file, "below"));
    }

    [Fact]
    public async Task With_a_user_the_password_opens_it_and_is_shown_nowhere()
    {
        const string password = "p@ss:w/ord ?&=%";
        var (server, address) = await ToolProcess.ServeMongoAsync(Token, "--user", "ada", "--password-file", PasswordFile(password + "\n"), "--host", "0.0.0.0");
        await using var process = server;
        address.Should().StartWith("mongodb://ada:***@127.0.0.1:");

        await InsertAsync(address.Replace("***", Uri.EscapeDataString(password), StringComparison.Ordinal), 1);

        var refused = () => InsertAsync(address.Replace("***", "wrong", StringComparison.Ordinal), 2);
        await refused.Should().ThrowAsync<MongoAuthenticationException>();
        server.Errors.Should().NotContain(password).And.NotContain(Uri.EscapeDataString(password));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Beyond_loopback_it_refuses_to_start_without_a_user(string host) => await SaysAsync(2, [$"--host {host}", "--user", "--password-file"], "--host", host);

    [Theory]
    [InlineData("\n", "blank")]
    [InlineData("one\ntwo\n", "one line")]
    public async Task A_password_file_without_a_password_is_named(string text, string said)
    {
        var file = PasswordFile(text);

        await SaysAsync(2, [file, said], "--user", "ada", "--password-file", file);
    }

    [Fact]
    public async Task A_password_file_that_is_not_there_is_named() => await SaysAsync(2, ["nowhere.txt", "--password-file"], "--user", "ada", "--password-file", "nowhere.txt");

    private static async Task SaysAsync(int code, string[] said, params string[] options)
    {
        await using var server = ToolProcess.Start(["mongo", "serve", "--port", "0", .. options]);

        (await server.EndAsync(Token)).Should().BeEquivalentTo((code, Array.Empty<string>()), server.Errors);
        server.Errors.Should().StartWith("error: ").And.ContainAll(said).And.NotContain("   at ");
    }

    private static async Task InsertAsync(string address, int id)
    {
        using var driver = new MongoClient(address);
        await driver.GetDatabase("tool").GetCollection<BsonDocument>("kept").InsertOneAsync(new BsonDocument("_id", id), cancellationToken: Token);
    }

    private static async Task<long> CountAsync(string address)
    {
        using var driver = new MongoClient(address);
        return await driver.GetDatabase("tool").GetCollection<BsonDocument>("kept").CountDocumentsAsync("{}", cancellationToken: Token);
    }

    private string PasswordFile(string text)
    {
        var file = Path.Combine(_folder, "password");
        File.WriteAllText(file, text);
        return file;
    }
}
