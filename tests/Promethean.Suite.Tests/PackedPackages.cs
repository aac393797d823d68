using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace Promethean.Suite.Tests;

/// <summary>Every package as <c>dotnet pack</c> makes it of what has been built, in a folder that goes with the fixture.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("promethean-packages-");

    public async ValueTask InitializeAsync()
    {
        var configuration = typeof(PackedPackages).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var all = Path.Combine(_folder.FullName, "all.proj");
        await File.WriteAllTextAsync(all, $"""
            <Project>
              <Target Name="Pack">
                <ItemGroup>
                  <Package Include="{RepositoryRoot.In("src")}/*/*.csproj" />
                </ItemGroup>
                <MSBuild Projects="@(Package)" Targets="Pack" Properties="NoBuild=true;Configuration={configuration};PackageOutputPath={_folder.FullName}" />
              </Target>
            </Project>
            """);
        var start = new ProcessStartInfo("dotnet", ["msbuild", all, "-nologo", "-verbosity:quiet", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        using var packing = Process.Start(start)!;
        var said = await Task.WhenAll(packing.StandardOutput.ReadToEndAsync(), packing.StandardError.ReadToEndAsync()).WaitAsync(HangGuard, TimeProvider.System);
        await packing.WaitForExitAsync();
        packing.ExitCode.Should().Be(0, string.Join('\n', said));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return default;
    }

    /// <summary>What a package says of itself.</summary>
    public XElement Nuspec(string package)
    {
        using var archive = Open(package);
        using var text = archive.GetEntry($"{package}.nuspec")!.Open();
        return XDocument.Load(text).Root!.Elements().Single();
    }

    /// <summary>A text file of a package; null where there is none.</summary>
    public string? Text(string package, string file)
    {
        using var archive = Open(package);
        using var reader = archive.GetEntry(file) is { } entry ? new StreamReader(entry.Open()) : null;
        return reader?.ReadToEnd();
    }

    private ZipArchive Open(string package)
    {
        var version = XDocument.Load(RepositoryRoot.In("src", package, $"{package}.csproj")).Descendants("Version").Single().Value;
        return ZipFile.OpenRead(Path.Combine(_folder.FullName, $"{package}.{version}.nupkg"));
    }
}
