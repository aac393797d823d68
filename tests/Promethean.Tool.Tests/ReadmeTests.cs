namespace Promethean.Tool.Tests;

public sealed class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Find());

    [Fact]
    public void Every_line_of_its_example_can_be_typed()
    {
        var lines = Readme.Split("```sh\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(3);
        foreach (var line in lines)
        {
            PrometheanCommand.Parse([.. line.Split(' ').Skip(1).Select(word => word.Trim('\''))]).Errors.Should().BeEmpty("'{0}' is in the readme", line);
        }
    }

    [Theory]
    [InlineData("broker")]
    [InlineData("mongo")]
    public void It_tells_every_verb_and_option(string of)
    {
        var command = PrometheanCommand.Parse([of]).CommandResult.Command;
        foreach (var verb in command.Subcommands)
        {
            Readme.Should().Contain($"`{of} {verb.Name} ");
            verb.Options.Select(option => option.Name).Should().OnlyContain(option => Readme.Contains(option, StringComparison.Ordinal));
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Promethean.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "src", "Promethean.Tool", "README.md");
    }
}
