using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Promethean.Tool;

/// <summary>Standard output, which tells when its reader goes away; the console's own stream never does.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;
    private const short Gone = 0x08 | 0x10 | 0x20; // POLLERR, POLLHUP, POLLNVAL

    public static LineOutput Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return new(Console.OpenStandardOutput());
        }

        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
        {
            // A file has no reader to lose, and its place is shared with other processes that write to it.
            return new(Console.OpenStandardOutput());
        }

        var output = new LineOutput(stream);
        new Thread(() => Watch(output)) { IsBackground = true, Name = "stdout" }.Start();
        return output;
    }

    /// <summary>Waits for the reader's going: `head` ends a pipe long before there is something more to write.</summary>
    private static void Watch(LineOutput output)
    {
        var watched = new PollDescriptor { Descriptor = Descriptor };
        while ((watched.Happened & Gone) == 0)
        {
            var result = Poll(ref watched, 1, timeout: -1);
            if (result < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                return;
            }
        }

        output.Close();
    }

    private const int Interrupted = 4;

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Awaited;
        public short Happened;
    }
}
