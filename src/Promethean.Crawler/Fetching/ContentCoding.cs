using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Promethean.Crawler;

/// <summary>Undoes the content codings of a body, never making more than a cap of bytes of it.</summary>
internal static class ContentCoding
{
    // Each layer multiplies what a small body can become; honest servers use one.
    private const int MaxLayers = 2;

    public const string Accepted = "gzip, br, deflate";

    /// <summary>Decodes; false where a coding is not known or there are too many.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what the coding says.</exception>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, ICollection<string> codings, int cap, out CappedBody body)
    {
        body = new CappedBody(bytes, false);
        if (codings.Count > MaxLayers) return false;
        foreach (var coding in codings.Reverse())
        {
            if (coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) continue;
            using var decoded = Open(coding, body.Bytes);
            if (decoded is null) return false;
            body = CappedBody.Read(decoded, cap);
            if (body.Exceeded) return true;
        }
        return true;
    }

    private static Stream? Open(string coding, ReadOnlyMemory<byte> bytes)
    {
        var stream = MemoryMarshal.TryGetArray(bytes, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
        return coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            // "deflate" means zlib (RFC 9110, 8.4.1.2), but some servers send the bare stream.
            "deflate" => IsZlib(bytes.Span) ? new ZLibStream(stream, CompressionMode.Decompress) : new DeflateStream(stream, CompressionMode.Decompress),
            _ => null,
        };
    }

    private static bool IsZlib(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 2 && (bytes[0] & 0x0f) == 8 && ((bytes[0] << 8) | bytes[1]) % 31 == 0;
}
