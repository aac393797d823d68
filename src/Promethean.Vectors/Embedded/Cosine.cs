using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Promethean.Vectors;

/// <summary>The arithmetic of cosine similarity.</summary>
internal static class Cosine
{
    /// <summary>The length of a vector; in double, so that no finite vector overflows.</summary>
    public static double Norm(ReadOnlySpan<float> vector)
    {
        var square = 0.0;
        foreach (var number in vector) square += (double)number * number;
        return Math.Sqrt(square);
    }

    /// <summary>Whether a dot product with a vector of this length neither overflows nor loses digits.</summary>
    public static bool IsOrdinary(double norm) => norm is > 1e-15 and < 1e15;

    /// <summary>The vector at length 1; zeros stay zeros.</summary>
    public static float[] Direction(ReadOnlySpan<float> vector)
    {
        var norm = Norm(vector);
        var direction = new float[vector.Length];
        if (norm == 0) return direction;
        for (var i = 0; i < vector.Length; i++) direction[i] = (float)(vector[i] / norm);
        return direction;
    }

    /// <summary>The dot product of two vectors of one length: four sums side by side, so that additions need not wait for each other.</summary>
    /// <remarks>The order of the sums depends on nothing but the length, so equal vectors score equal wherever they lie.</remarks>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var width = Vector<float>.Count;
        nint length = left.Length, i = 0;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i <= length - (4 * width); i += 4 * width)
        {
            s0 = Vector.MultiplyAddEstimate(At(ref a, i), At(ref b, i), s0);
            s1 = Vector.MultiplyAddEstimate(At(ref a, i + width), At(ref b, i + width), s1);
            s2 = Vector.MultiplyAddEstimate(At(ref a, i + (2 * width)), At(ref b, i + (2 * width)), s2);
            s3 = Vector.MultiplyAddEstimate(At(ref a, i + (3 * width)), At(ref b, i + (3 * width)), s3);
        }

        for (; i <= length - width; i += width) s0 = Vector.MultiplyAddEstimate(At(ref a, i), At(ref b, i), s0);
        var sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < length; i++) sum += Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> At(ref float start, nint index) => Vector.LoadUnsafe(ref start, (nuint)index);
}
