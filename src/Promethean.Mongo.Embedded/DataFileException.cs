namespace Promethean.Mongo.Embedded;

/// <summary>A data directory cannot be opened. The file named is left exactly as it was found.</summary>
public sealed class DataFileException : EmbeddedMongoException
{
    /// <summary>Makes an exception about one file.</summary>
    /// <param name="path">The file that cannot be opened.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="message">The same in words, with what to do next.</param>
    /// <param name="innerException">The failure underneath, if there was one.</param>
    public DataFileException(string path, DataFileProblem problem, string message, Exception? innerException = null)
        : base(message, innerException!)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The file that cannot be opened.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public DataFileProblem Problem { get; }
}
