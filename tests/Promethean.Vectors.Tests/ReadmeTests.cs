namespace Promethean.Vectors.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public async Task The_readme_example_prints_what_the_readme_says()
    {
        using var folder = new TemporaryFolder();
        var original = Console.Out;
        await using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            await ReadmeExample.RunAsync(folder.File("notes.db"));
        }
        finally
        {
            Console.SetOut(original);
        }

        output.ToString().ReplaceLineEndings("\n").Should().Be("0.62 Checkpoints bound the time a recovery takes.\n0.03 Bread needs flour, water, salt and time.\n");
    }
}
