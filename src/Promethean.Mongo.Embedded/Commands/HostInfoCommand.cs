using System.Runtime.InteropServices;
using MongoDB.Bson;
using Promethean.Mongo.Embedded.Wire;

namespace Promethean.Mongo.Embedded.Commands;

/// <summary><c>hostInfo</c>: the machine the server runs on.</summary>
internal sealed class HostInfoCommand : ICommand
{
    public IReadOnlyList<string> Names { get; } = ["hostInfo"];

    public IReadOnlyList<string> Fields { get; } = [];

    public ValueTask<CommandReply> RunAsync(CommandContext context)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        return ValueTask.FromResult(CommandReply.Ok(
            new("system", new BsonDocument
            {
                { "currentTime", new BsonDateTime(context.Now.ToUnixTimeMilliseconds()) },
                { "hostname", context.Server.Host },
                { "cpuAddrSize", IntPtr.Size * 8 },
                { "memSizeMB", memory },
                { "memLimitMB", memory },
                { "numCores", Environment.ProcessorCount },
                { "cpuArch", RuntimeInformation.OSArchitecture.ToString() },
                { "numaEnabled", false },
            }),
            new("os", new BsonDocument
            {
                { "type", OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Darwin" : "Linux" },
                { "name", RuntimeInformation.OSDescription },
                { "version", Environment.OSVersion.VersionString },
            }),
            new("extra", new BsonDocument("framework", RuntimeInformation.FrameworkDescription))));
    }
}
