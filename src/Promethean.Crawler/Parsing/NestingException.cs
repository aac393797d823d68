namespace Promethean.Crawler;

/// <summary>A page nests past all reason from a position on.</summary>
internal sealed class NestingException(int position) : Exception("The page nests too deep.")
{
    /// <summary>The index in its text of the tag that went too far.</summary>
    public int Position => position;
}
