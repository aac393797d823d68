namespace Promethean.Workers;

/// <summary>One word where it stands.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="Length">Its characters.</param>
/// <param name="Term">The index of its term.</param>
/// <param name="IsJoined">Whether only one space or hyphen stands between it and the token before.</param>
internal readonly record struct PageToken(int Start, int Length, int Term, bool IsJoined)
{
    public int End => Start + Length;
}
