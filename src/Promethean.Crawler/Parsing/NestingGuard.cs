using AngleSharp.Dom;
using AngleSharp.Text;

namespace Promethean.Crawler;

/// <summary>
/// Watches a page being built and stops it where it nests past all reason. The rules of HTML walk the open elements for each
/// tag, so a megabyte of unclosed tags takes a parser minutes; bounding the depth keeps it linear. One guard serves one parse.
/// </summary>
internal sealed class NestingGuard
{
    // Pages nest some dozens of levels deep.
    private const int MaxDepth = 256;

    // Whole books on one page have fewer.
    private const int MaxElements = 200_000;

    // What is in a template has no ancestors outside it, so their number stands in for their depth.
    private const int MaxTemplates = 1000;

    private IElement? _last;
    private int _elements;
    private int _templates;

    /// <summary>Called with each element made, before it has its place.</summary>
    /// <exception cref="NestingException">The page is not to be built further.</exception>
    public void Check(IElement created, TextPosition position)
    {
        if (created.LocalName == "template") _templates++;
        if (++_elements > MaxElements || _templates > MaxTemplates || Depth(_last) > MaxDepth) throw new NestingException(position.Index);
        _last = created;
    }

    // Every open element is an ancestor of the last one made, so its depth is that of the parser's stack.
    private static int Depth(INode? node)
    {
        var depth = 0;
        for (; node is not null; node = node.Parent) depth++;
        return depth;
    }
}
