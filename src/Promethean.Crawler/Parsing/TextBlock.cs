namespace Promethean.Crawler;

/// <summary>One paragraph, heading, list item, table row or listing.</summary>
/// <param name="Area">The index of the innermost area around it.</param>
/// <param name="Text">Its text, white space collapsed, except in listings.</param>
/// <param name="LinkLength">How many characters of the text are links.</param>
/// <param name="IsHeading">Whether it is a heading.</param>
internal sealed record TextBlock(int Area, string Text, int LinkLength, bool IsHeading)
{
    /// <summary>Whether it is mostly links, as menus are.</summary>
    public bool IsMenu => LinkLength > 0.6 * Text.Length;

    /// <summary>How much it counts as prose: long text that is not links.</summary>
    public double Prose => IsMenu ? 0 : (Text.Length - LinkLength) * (IsHeading || Text.Length < 25 ? 0.25 : 1);
}
