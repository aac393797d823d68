using System.Text;
using CsCheck;

namespace Promethean.Vectors.Tests;

public sealed class VectorMetadataTests
{
    private static readonly Gen<VectorValue> AnyValue = Gen.OneOf(
        Gen.String.Select(VectorValue.From),
        Gen.Long.Select(VectorValue.From),
        Gen.Double.Where(double.IsFinite).Select(VectorValue.From),
        Gen.Bool.Select(VectorValue.From),
        Gen.String.Array.Select(a => VectorValue.From(a)),
        Gen.Long.Array.Select(a => VectorValue.From(a)),
        Gen.Double.Where(double.IsFinite).Array.Select(a => VectorValue.From(a)),
        Gen.Bool.Array.Select(a => VectorValue.From(a)));

    private static readonly Gen<VectorMetadata> AnyMetadata = Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], AnyValue)[0, 6].Select(d => new VectorMetadata(d));

    [Fact]
    public void Json_reads_back_as_the_same_metadata() =>
        AnyMetadata.Sample(m => VectorMetadata.FromJson(m.ToJson()).Equals(m), iter: 2000);

    [Fact]
    public void Foreign_bytes_are_read_or_refused_as_a_format_error() =>
        Gen.OneOf(Gen.Byte.Array, Gen.Select(AnyMetadata, Gen.Int[0, 200], Gen.Byte, Damage)).Sample(
            bytes =>
            {
                try
                {
                    _ = VectorMetadata.FromJson(bytes);
                    return true;
                }
                catch (FormatException)
                {
                    return true;
                }
            },
            iter: 5000);

    [Fact]
    public void Equal_metadata_has_equal_json_whatever_the_order()
    {
        var one = new VectorMetadata([new("b", 1.0), new("a", "x"), new("c", 2)]);
        var other = new VectorMetadata([new("c", 2), new("a", "x"), new("b", 1.0)]);

        other.Should().Equal(one);
        Encoding.UTF8.GetString(other.ToJson()).Should().Be("""{"a":"x","b":1.0,"c":2}""").And.Be(one.ToString());
    }

    [Fact]
    public void An_empty_array_is_left_out() =>
        new VectorMetadata([new("tags", Array.Empty<string>()), new("lang", "en")]).Keys.Should().Equal("lang");

    [Fact]
    public void A_whole_and_a_floating_point_number_differ()
    {
        (VectorValue.From(1L) == VectorValue.From(1.0)).Should().BeFalse();
        VectorFilter.Equal("n", 1).Matches(new([new("n", 1.0)])).Should().BeFalse();
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        VectorValue.From("cut \ud83d").AsText().Should().Be("cut \ufffd");

    [Fact]
    public void What_no_store_could_keep_is_refused()
    {
        FluentActions.Invoking(() => VectorValue.From(double.NaN)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new VectorMetadata([new("", 1)])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new VectorMetadata([new("a", default)])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VectorMetadata.FromJson("""{"a":{"b":1}}"""u8)).Should().Throw<FormatException>();
        FluentActions.Invoking(() => VectorMetadata.FromJson("""{"a":[1,"x"]}"""u8)).Should().Throw<FormatException>();
    }

    [Fact]
    public void Filters_whose_meaning_would_be_a_guess_are_refused()
    {
        FluentActions.Invoking(() => VectorFilter.And()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VectorFilter.Or()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VectorFilter.In("a")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => VectorFilter.Equal("a", new[] { "x" })).Should().Throw<ArgumentException>();
    }

    private static byte[] Damage(VectorMetadata metadata, int at, byte with)
    {
        var bytes = metadata.ToJson();
        bytes[at % bytes.Length] = with;
        return bytes;
    }
}
