namespace Promethean.Suite.Tests;

/// <summary>The repository that these tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    public static IEnumerable<string> Packages =>
        Directory.EnumerateDirectories(In("src")).Select(folder => System.IO.Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public static string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Files we keep: neither built nor fetched.</summary>
    public static IEnumerable<string> Files(string pattern, string below = "") =>
        Directory.EnumerateFiles(In(below), pattern, SearchOption.AllDirectories)
            .Where(file => !System.IO.Path.GetRelativePath(Path, file).Split('/', '\\').Any(part => part is "artifacts" or "bin" or "obj" or ".git" or "node_modules" or "promethean-data"));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Promethean.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("These tests read the repository: run them from a build inside it.");
    }
}
