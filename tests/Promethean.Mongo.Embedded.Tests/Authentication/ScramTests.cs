using System.Security.Cryptography;
using System.Text;
using Promethean.Mongo.Embedded.Authentication;
using Promethean.Mongo.Embedded.Errors;

namespace Promethean.Mongo.Embedded.Tests.Authentication;

public sealed class ScramTests
{
    private static readonly UserRegistry Users = new([new EmbeddedMongoUser("ada", "pencil")]);

    public static TheoryData<string> BadFirstMessages =>
    [
        "", "n", "n,,", "n,,n=ada", "n,,n=ada,r=", "n,,n=,r=x", "n,,r=x,n=ada", "n,,m=ext,n=ada,r=x", "p=tls-unique,,n=ada,r=x", "n,a=other,n=ada,r=x", "n,,n=a=b,r=x", "x,,n=ada,r=x",
    ];

    public static TheoryData<string> BadFinalMessages =>
    [
        "", ",p=", "c=biws,r={0}", "c=biws,r={0},p=", "c=biws,r={0},p=AAAA", "c=biws,r={0},p=not base64", "c=biws,r=other,p={1}", "c=eSws,r={0},p={1}", "r={0},p={1}", "c=biws,r={0},p={1},x=y",
    ];

    [Fact]
    public void Keys_and_signatures_are_those_of_RFC_7677()
    {
        const string signed = "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        var credential = ScramCredential.Of("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        var key = HMACSHA256.HashData(credential.StoredKey, Encoding.UTF8.GetBytes(signed))
            .Zip(Convert.FromBase64String("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), (one, other) => (byte)(one ^ other)).ToArray();

        SHA256.HashData(key).Should().Equal(credential.StoredKey);
        Convert.ToBase64String(HMACSHA256.HashData(credential.ServerKey, Encoding.UTF8.GetBytes(signed))).Should().Be("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    [Theory]
    [MemberData(nameof(BadFirstMessages))]
    public void A_first_message_that_is_none_fails(string message) =>
        FluentActions.Invoking(() => ScramConversation.Begin(Encoding.UTF8.GetBytes(message), "admin", Users, skipsEmptyExchange: true))
            .Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(18);

    [Theory]
    [MemberData(nameof(BadFinalMessages))]
    public void A_final_message_that_is_none_fails(string message)
    {
        var conversation = ScramConversation.Begin("n,,n=ada,r=x"u8, "admin", Users, skipsEmptyExchange: true);
        var nonce = Encoding.UTF8.GetString(conversation.ServerFirst).Split(',')[0][2..];
        var bytes = Encoding.UTF8.GetBytes(string.Format(null, message, nonce, Convert.ToBase64String(new byte[32])));

        conversation.Invoking(c => c.Continue(bytes)).Should().Throw<MongoCommandFailedException>().Which.Code.Should().Be(18);
        conversation.IsDone.Should().BeFalse();
    }

    [Fact]
    public void A_nonce_is_never_the_same_and_bytes_that_are_no_text_fail()
    {
        byte[] First() => ScramConversation.Begin("n,,n=ada,r=x"u8, "admin", Users, skipsEmptyExchange: true).ServerFirst;
        First().Should().NotEqual(First());
        FluentActions.Invoking(() => ScramConversation.Begin([0xC3, 0x28], "admin", Users, skipsEmptyExchange: true)).Should().Throw<MongoCommandFailedException>();
    }

    [Fact]
    public void A_name_that_nobody_has_gets_a_salt_of_its_own_that_stays()
    {
        var fake = Users.Find("nobody", "admin");

        fake.Should().BeEquivalentTo(Users.Find("nobody", "admin"));
        fake.Salt.Should().HaveSameCount(Users.Find("ada", "admin").Salt).And.NotEqual(Users.Find("somebody", "admin").Salt);
        Users.Find("ada", "other").StoredKey.Should().NotEqual(Users.Find("ada", "admin").StoredKey, "users are in admin");
    }

    [Theory]
    [InlineData("I\u00ADX", "IX")]
    [InlineData("a\u00A0b", "a b")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("plain =,", "plain =,")]
    public void Passwords_that_look_the_same_are_the_same(string typed, string prepared) => SaslPreparation.Prepare(typed).Should().Be(prepared);

    [Theory]
    [InlineData("", "x")]
    [InlineData("x", "")]
    [InlineData("a\0b", "x")]
    [InlineData("x", "a\nb")]
    public void A_user_without_a_name_or_a_password_is_none(string name, string password) =>
        FluentActions.Invoking(() => new EmbeddedMongoUser(name, password)).Should().Throw<ArgumentException>();

    [Fact]
    public void A_user_never_tells_the_password() => new EmbeddedMongoUser("ada", "pencil").ToString().Should().Be("ada");
}
