using System.CommandLine;

namespace Promethean.Tool;

/// <summary>A command whose help says more than the line that its parent shows of it.</summary>
internal sealed class Verb(string name, string description, params string[] notes) : Command(name, description)
{
    /// <summary>Sentences for the end of its help, a paragraph each.</summary>
    public IReadOnlyList<string> Notes => notes;
}
