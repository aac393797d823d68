using System.Net;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using Promethean.Mongo.Embedded.Commands;
using Promethean.Mongo.Embedded.Tests.Wire;

namespace Promethean.Mongo.Embedded.Tests.Authentication;

/// <summary>A server with users, through the unmodified driver and byte by byte; https://www.mongodb.com/docs/manual/core/security-scram/.</summary>
[Trait("Category", "Integration")]
public sealed class AuthenticationTests : IAsyncLifetime
{
    private const string Name = "a:d@a/=,ü%";
    private const string Password = "p@ss:w/ord?&=% \u2168";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
    private EmbeddedMongoServer _server = null!;
    private WireClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Commands =>
    [.. CommandTable.All.SelectMany(command => command.Names), "frobnicate",
    ];

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Users = [new(Name, Password), new("second", "other")], TimeProvider = _time }, Cancel);
        _client = await WireClient.ConnectAsync(_server, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_driver_authenticates_with_the_connection_string_as_it_is()
    {
        using var driver = new MongoClient(_server.ConnectionString);
        var collection = driver.GetDatabase("wire").GetCollection<BsonDocument>("kept");

        await collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Cancel);

        (await collection.Find("{}").SingleAsync(Cancel))["_id"].AsInt32.Should().Be(1);
    }

    [Fact]
    public async Task The_driver_finds_the_mechanism_by_itself_and_a_second_user_may_come_in()
    {
        using var driver = new MongoClient($"mongodb://second:other@127.0.0.1:{_server.Port}/?replicaSet=promethean");

        (await driver.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Theory]
    [InlineData("second", "wrong", "admin")]
    [InlineData("nobody", "other", "admin")]
    [InlineData("second", "other", "elsewhere")]
    public async Task The_driver_is_refused_with_a_wrong_name_password_or_database(string name, string password, string database)
    {
        using var driver = new MongoClient($"mongodb://{name}:{password}@127.0.0.1:{_server.Port}/?replicaSet=promethean&authSource={database}");

        var refused = (await driver.GetDatabase("admin").Invoking(admin => admin.RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: Cancel))
            .Should().ThrowAsync<MongoAuthenticationException>()).Which;

        refused.InnerException.Should().BeAssignableTo<MongoCommandException>().Which.Code.Should().Be(18);
    }

    [Fact]
    public async Task The_driver_without_a_name_is_told_that_it_must_have_one()
    {
        using var driver = new MongoClient($"mongodb://127.0.0.1:{_server.Port}/?replicaSet=promethean");

        var refused = (await driver.GetDatabase("wire").GetCollection<BsonDocument>("kept").Invoking(kept => kept.Find("{}").ToListAsync(Cancel))
            .Should().ThrowAsync<MongoCommandException>()).Which;

        (refused.Code, refused.CodeName).Should().Be((13, "Unauthorized"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_but_the_handshake_is_refused_before_authentication(string command)
    {
        var reply = await _client.RunAsync(new BsonDocument { { command, 1 }, { "$db", "admin" } }, Cancel);

        var isHandshake = command is "hello" or "isMaster" or "ismaster" or "saslStart" or "saslContinue";
        (reply.GetValue("code", 0).ToInt32() == 13).Should().Be(!isHandshake, "{0}", reply);
    }

    [Fact]
    public async Task A_proof_opens_the_connection_until_logout_and_the_server_proves_itself_too()
    {
        var scram = new ScramClient(Name, "p@ss:w/ord?&=% IX");

        var done = await scram.RunAsync(_client, Cancel);

        done["done"].AsBoolean.Should().BeTrue();
        ScramClient.Text(done).Should().Be(scram.ExpectedAnswer);
        (await _client.RunAsync(new BsonDocument("ping", 1), Cancel))["ok"].ToDouble().Should().Be(1);
        (await _client.RunAsync(new BsonDocument("logout", 1), Cancel))["ok"].ToDouble().Should().Be(1);
        (await _client.RunAsync(new BsonDocument("ping", 1), Cancel))["code"].AsInt32.Should().Be(13);
    }

    [Fact]
    public async Task Without_skipEmptyExchange_an_empty_message_ends_it()
    {
        var scram = new ScramClient("second", "other");
        var first = await _client.RunAsync(scram.Start(skipsEmptyExchange: false), Cancel);
        var proved = await _client.RunAsync(scram.Final(ScramClient.Text(first)), Cancel);
        proved["done"].AsBoolean.Should().BeFalse();
        (await _client.RunAsync(new BsonDocument("ping", 1), Cancel))["code"].AsInt32.Should().Be(13, "the exchange is not at its end");
        // The refused command is none of the conversation's business.
        var done = await _client.RunAsync(ScramClient.Continue(""), Cancel);

        done["done"].AsBoolean.Should().BeTrue();
        (await _client.RunAsync(new BsonDocument("ping", 1), Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task The_handshake_begins_to_authenticate_and_tells_the_mechanism_for_whatever_name()
    {
        var scram = new ScramClient("second", "other");
        var start = scram.Start();
        start["db"] = "admin";
        start.Remove("$db");

        var hello = await _client.RunAsync(new BsonDocument { { "hello", 1 }, { "saslSupportedMechs", "admin.nobody" }, { "speculativeAuthenticate", start } }, Cancel);
        var done = await _client.RunAsync(scram.Final(ScramClient.Text(hello["speculativeAuthenticate"].AsBsonDocument)), Cancel);

        hello["saslSupportedMechs"].AsBsonArray.Should().Equal("SCRAM-SHA-256");
        done["done"].AsBoolean.Should().BeTrue();
    }

    [Fact]
    public async Task Names_cannot_be_probed()
    {
        async Task<(string Salt, BsonDocument Refusal)> TryAsync(string name)
        {
            var scram = new ScramClient(name, "wrong");
            var first = await _client.RunAsync(scram.Start(), Cancel);
            var refusal = await _client.RunAsync(scram.Final(ScramClient.Text(first)), Cancel);
            refusal.Remove("operationTime");
            refusal.Remove("$clusterTime");
            return (ScramClient.Text(first).Split(',')[1], refusal);
        }

        var known = await TryAsync("second");
        var unknown = await TryAsync("nobody");

        known.Refusal.Should().BeEquivalentTo(unknown.Refusal);
        (known.Refusal["code"].AsInt32, known.Refusal["codeName"].AsString).Should().Be((18, "AuthenticationFailed"));
        known.Salt.Should().HaveLength(unknown.Salt.Length);
        (await TryAsync("second")).Salt.Should().Be(known.Salt);
        (await TryAsync("nobody")).Salt.Should().Be(unknown.Salt, "a salt that changes tells that it is made up");
    }

    [Fact]
    public async Task A_proof_is_good_once_and_for_its_own_conversation()
    {
        var scram = new ScramClient("second", "other");
        var final = scram.Final(ScramClient.Text(await _client.RunAsync(scram.Start(), Cancel)));
        (await _client.RunAsync((BsonDocument)final.DeepClone(), Cancel))["done"].AsBoolean.Should().BeTrue();
        using var other = await WireClient.ConnectAsync(_server, Cancel);
        await other.RunAsync(scram.Start(), Cancel);

        (await other.RunAsync((BsonDocument)final.DeepClone(), Cancel))["code"].AsInt32.Should().Be(18, "the nonce is another");
        (await other.RunAsync((BsonDocument)final.DeepClone(), Cancel))["code"].AsInt32.Should().Be(17, "a failure ends the conversation");
        (await other.RunAsync(new BsonDocument("ping", 1), Cancel))["code"].AsInt32.Should().Be(13);
    }

    [Fact]
    public async Task Other_mechanisms_conversations_and_bindings_are_refused()
    {
        var scram = new ScramClient("second", "other");

        (await _client.RunAsync(scram.Start(mechanism: "SCRAM-SHA-1"), Cancel))["codeName"].AsString.Should().Be("MechanismUnavailable");
        var first = ScramClient.Text(await _client.RunAsync(scram.Start(), Cancel));
        (await _client.RunAsync(ScramClient.Continue("c=biws", conversation: 9), Cancel))["code"].AsInt32.Should().Be(17);
        first = ScramClient.Text(await _client.RunAsync(scram.Start(), Cancel));
        (await _client.RunAsync(scram.Final(first, header: "y,,"), Cancel))["code"].AsInt32.Should().Be(18, "the header must be the one that was sent");
    }

    [Fact]
    public async Task An_authentication_takes_no_longer_than_it_may()
    {
        var scram = new ScramClient("second", "other");
        var first = await _client.RunAsync(scram.Start(), Cancel);
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await _client.RunAsync(new BsonDocument("hello", 1), Cancel);
        }

        (await _client.RunAsync(scram.Final(ScramClient.Text(first)), Cancel))["code"].AsInt32.Should().Be(18);
    }

    [Fact]
    public async Task A_long_message_is_taken_from_a_user_alone()
    {
        var longMessage = new BsonDocument { { "hello", 1 }, { "comment", new string('x', 20_000) } };
        using var user = await WireClient.ConnectAsync(_server, Cancel);
        await new ScramClient("second", "other").RunAsync(user, Cancel);

        await _client.SendAsync(WireClient.Message(longMessage), Cancel);

        (await _client.ReceiveAsync(Cancel)).Should().BeNull();
        (await user.RunAsync(longMessage, Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task Whoever_is_silent_without_having_authenticated_is_sent_away()
    {
        using var user = await WireClient.ConnectAsync(_server, Cancel);
        await new ScramClient("second", "other").RunAsync(user, Cancel);
        await _client.RunAsync(new BsonDocument("hello", 1), Cancel);

        _time.Advance(TimeSpan.FromSeconds(36));

        (await _client.ReceiveAsync(Cancel)).Should().BeNull();
        (await user.RunAsync(new BsonDocument("ping", 1), Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Fact]
    public async Task Strangers_who_take_all_places_do_not_keep_a_user_out_and_users_do()
    {
        await using var small = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Users = [new("ada", "pencil")], MaxConnections = 3 }, Cancel);
        var strangers = new List<WireClient>();
        for (var i = 0; i < 3; i++) strangers.Add(await WireClient.ConnectAsync(small, Cancel));
        foreach (var stranger in strangers) await stranger.RunAsync(new BsonDocument("hello", 1), Cancel);
        var users = new List<WireClient>();

        for (var i = 0; i < 3; i++)
        {
            users.Add(await WireClient.ConnectAsync(small, Cancel));
            (await new ScramClient("ada", "pencil").RunAsync(users[i], Cancel))["done"].AsBoolean.Should().BeTrue();
            (await strangers[i].ReceiveAsync(Cancel)).Should().BeNull("it was the oldest stranger");
        }

        using var late = await WireClient.ConnectAsync(small, Cancel);
        (await late.ReceiveAsync(Cancel)).Should().BeNull();
        foreach (var user in users) (await user.RunAsync(new BsonDocument("ping", 1), Cancel))["ok"].ToDouble().Should().Be(1);
        foreach (var client in strangers.Concat(users)) client.Dispose();
    }

    [Fact]
    public async Task Where_there_are_no_users_nobody_can_authenticate_and_nobody_must()
    {
        await using var open = await EmbeddedMongoServer.StartAsync(cancellationToken: Cancel);
        using var client = await WireClient.ConnectAsync(open, Cancel);

        (await client.RunAsync(new ScramClient("second", "other").Start(), Cancel))["code"].AsInt32.Should().Be(18);
        (await client.RunAsync(new BsonDocument { { "hello", 1 }, { "saslSupportedMechs", "admin.second" } }, Cancel)).Contains("saslSupportedMechs").Should().BeFalse();
        (await client.RunAsync(new BsonDocument("ping", 1), Cancel))["ok"].ToDouble().Should().Be(1);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "[::1]")]
    public async Task Beyond_loopback_it_listens_only_where_there_are_users(string address, string host)
    {
        var starting = () => EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Address = IPAddress.Parse(address) }, Cancel);
        (await starting.Should().ThrowAsync<EmbeddedMongoException>()).WithMessage($"The address {address} is not a loopback address*no users*EmbeddedMongoOptions.Users*");

        await using var server = await EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Address = IPAddress.Parse(address), Users = [new("ada", "pencil")] }, Cancel);
        server.ConnectionString.Should().Be($"mongodb://ada:pencil@{host}:{server.Port}/?replicaSet=promethean&authSource=admin&authMechanism=SCRAM-SHA-256");
        using var driver = new MongoClient(server.ConnectionString);
        var hello = await driver.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ hello: 1 }", cancellationToken: Cancel);
        hello["hosts"].AsBsonArray.Should().Equal([$"{host}:{server.Port}"], "a driver goes on with the addresses it is told");
    }

    [Fact]
    public async Task A_name_given_twice_is_named()
    {
        var starting = () => EmbeddedMongoServer.StartAsync(new EmbeddedMongoOptions { Users = [new("ada", "a"), new("ada", "b")] }, Cancel);

        (await starting.Should().ThrowAsync<EmbeddedMongoException>()).WithMessage("The user ada is given twice.*");
    }
}
