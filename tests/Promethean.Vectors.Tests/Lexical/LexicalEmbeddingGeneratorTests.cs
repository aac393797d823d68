using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CsCheck;
using Microsoft.Extensions.AI;

namespace Promethean.Vectors.Tests;

public sealed class LexicalEmbeddingGeneratorTests
{
    private static readonly LexicalEmbeddingGenerator Generator = new();

    [Fact]
    public void Shared_words_score_higher_than_none()
    {
        const string text = "PostgreSQL keeps its write-ahead log in segments; checkpoints bound recovery time.";

        Score(text, "write-ahead log segment").Should().BeGreaterThan(0.4).And.BeGreaterThan(Score(text, "recovery of a garden in spring"));
        Score(text, "checkpointing").Should().BeGreaterThan(0.05).And.BeGreaterThan(Score(text, "kitten") + 0.03);
    }

    [Fact]
    public void Case_plural_and_stop_words_do_not_matter() =>
        Score("The Houses of the Rivers", "house, river").Should().BeApproximately(1, 1e-6);

    [Fact]
    public void Text_without_spaces_is_found_by_a_part_of_it() =>
        Score("東京都庁は新宿にあります", "新宿").Should().BeGreaterThan(0.3).And.BeGreaterThan(Score("東京都庁は新宿にあります", "大阪"));

    [Fact]
    public void A_text_without_words_gives_zeros() => Generator.Embed("  — \ud83d …!? the of").Should().OnlyContain(n => n == 0);

    [Fact]
    public void Any_text_gives_a_finite_vector_of_length_one_or_zero() =>
        Gen.String.Sample(
            text =>
            {
                var length = Math.Sqrt(Generator.Embed(text).Sum(n => (double)n * n));
                return length == 0 || Math.Abs(length - 1) < 1e-5;
            },
            iter: 2000);

    // The vectors are stored by model id, so they must never change under the same id.
    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dogs.", "5fbcd3deab9347fd683b9263ac38ab6f7e1526ac52a300802203a6fe7202918e")]
    [InlineData("Füße, İstanbul, ΣΊΣΥΦΟΣ and 東京 in 2026 🚀 — naïve cafés", "702808ea5f8ad4a6c8a5867ab591d86118237e4cfcdb20099c8f5331073f810b")]
    public void Vectors_are_the_same_on_every_machine(string text, string sha256)
    {
        var vector = Generator.Embed(text);

        BitConverter.IsLittleEndian.Should().BeTrue();
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(vector))).Should().Be(sha256);
    }

    [Fact]
    public void One_word_lands_where_it_always_did() =>
        new LexicalEmbeddingGenerator(16).Embed("go").Should().Equal(0, 0, 0, 0, 0, 0.8574929f, 0, 0, 0, 0, 0, 0, -0.36380345f, 0.36380345f, 0, 0);

    [Fact]
    public async Task It_is_an_embedding_generator_with_an_honest_name()
    {
        using var generator = new LexicalEmbeddingGenerator(64);

        var embeddings = await generator.GenerateAsync(["one", "two"], cancellationToken: TestContext.Current.CancellationToken);

        embeddings.Should().HaveCount(2).And.OnlyContain(e => e.ModelId == "lexical-hash-64" && e.Vector.Length == 64);
        generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId.Should().Be("lexical-hash-64");
        generator.GetService<LexicalEmbeddingGenerator>()!.Spec.Should().Be(new EmbeddingSpec("lexical-hash-64", 64));
    }

    [Fact]
    public async Task Another_dimension_or_model_is_refused()
    {
        await FluentActions.Awaiting(() => Generator.GenerateAsync(["a"], new() { Dimensions = 64 })).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => Generator.GenerateAsync(["a"], new() { ModelId = "nomic" })).Should().ThrowAsync<ArgumentException>();
    }

    [Theory]
    [InlineData("pages", "page")]
    [InlineData("queries", "query")]
    [InlineData("classes", "classe")]
    [InlineData("class", "class")]
    [InlineData("virus", "virus")]
    [InlineData("bus", "bus")]
    [InlineData("shoes", "shoes")]
    public void Only_plural_endings_are_taken_off(string word, string stem) => LexicalWords.Stem(word).Should().Be(stem);

    private static double Score(string left, string right) => Generator.Embed(left).Zip(Generator.Embed(right)).Sum(pair => (double)pair.First * pair.Second);
}
