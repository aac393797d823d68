namespace Promethean.Crawler;

/// <summary>A part of the page that holds text: its place in the tree and what its markup says of it.</summary>
/// <param name="parent">The index of the area around it, always lower than its own; -1 for the page.</param>
/// <param name="role">What its markup says of it.</param>
/// <param name="isSection">Whether it may hold a whole text: a section of a page, not a paragraph.</param>
internal sealed class TextArea(int parent, AreaRole role, bool isSection)
{
    public int Parent => parent;

    public AreaRole Role => role;

    public bool IsSection => isSection;

    /// <summary>How much prose lies in it and in all areas inside it.</summary>
    public double Score { get; set; }
}
