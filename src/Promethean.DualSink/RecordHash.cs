using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Promethean.Vectors;

namespace Promethean.DualSink;

/// <summary>The identity of a vector record's content: SHA-256 over model, id, vector, text and metadata, each with its length before it.</summary>
/// <remarks>Stored in documents as <c>want</c> and <c>have</c>, so it must stay the same in every version.</remarks>
internal static class RecordHash
{
    public static string Of(VectorRecord record, EmbeddingSpec spec)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(spec.Model));
        Append(hash, Encoding.UTF8.GetBytes(record.Id));
        Append(hash, Bytes(record.Embedding.Span));
        Append(hash, record.Document is { } document ? Encoding.UTF8.GetBytes(document) : null);
        Append(hash, record.Metadata.ToJson());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, byte[]? part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part?.Length ?? -1);
        hash.AppendData(length);
        if (part is not null) hash.AppendData(part);
    }

    // Minus zero counts as zero: not every store keeps the sign.
    private static byte[] Bytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i] == 0 ? 0 : vector[i]);
        return bytes;
    }
}
