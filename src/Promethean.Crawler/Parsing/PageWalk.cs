using System.Text;
using AngleSharp.Dom;

namespace Promethean.Crawler;

/// <summary>
/// One walk over a page in document order: gathers links everywhere, and text where readers would see it, as blocks within
/// a tree of areas. Recursion is bounded by the <see cref="NestingGuard"/>.
/// </summary>
internal sealed class PageWalk(LinkCollector links)
{
    private readonly StringBuilder _text = new();
    private int _area = -1;
    private int _linkDepth;
    private int _linkLength;
    private int _preDepth;
    private int _contentDepth;
    private bool _isHeading;
    private bool _afterBreak;

    public LinkCollector Links => links;

    public List<TextArea> Areas { get; } = [];

    public List<TextBlock> Blocks { get; } = [];

    public string FirstHeading => Blocks.FirstOrDefault(block => block.IsHeading)?.Text ?? "";

    public void Visit(IElement element)
    {
        var name = element.LocalName;
        if (name is "a" or "area") links.Add(element);
        if (AreaRoles.IsSilent(element, _contentDepth > 0)) VisitSilent(element);
        else if (name == "br") Break();
        else if (AreaRoles.IsBlock(name)) VisitBlock(element, name);
        else VisitInline(element, name);
    }

    private void VisitBlock(IElement element, string name)
    {
        Flush();
        var role = AreaRoles.Of(element);
        var (area, heading) = (_area, _isHeading);
        Areas.Add(new TextArea(area, role, AreaRoles.IsSection(name)));
        _area = Areas.Count - 1;
        _isHeading = name is ['h', >= '1' and <= '6'];
        if (name == "pre") _preDepth++;
        if (role is AreaRole.Main or AreaRole.Article) _contentDepth++;

        VisitChildren(element);
        Flush();

        if (role is AreaRole.Main or AreaRole.Article) _contentDepth--;
        if (name == "pre") _preDepth--;
        (_area, _isHeading) = (area, heading);
    }

    private void VisitInline(IElement element, string name)
    {
        if (name is "td" or "th" && _text.Length > 0) PageText.AppendCollapsed(_text, " ");
        if (name == "a") _linkDepth++;
        VisitChildren(element);
        if (name == "a") _linkDepth--;
    }

    private void VisitChildren(IElement element)
    {
        var children = element.ChildNodes;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i] is IElement child) Visit(child);
            else if (children[i] is IText text) Append(text.Data);
        }
    }

    // Links are gathered even where text is not: menus are how sites are walked.
    private void VisitSilent(IElement element)
    {
        if (element.LocalName is "head" or "script" or "style") return;
        var children = element.Children;
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i].LocalName is "a" or "area") links.Add(children[i]);
            VisitSilent(children[i]);
        }
    }

    private void Append(string data)
    {
        var before = _text.Length;
        if (_preDepth > 0) _text.Append(data.ReplaceLineEndings("\n"));
        else PageText.AppendCollapsed(_text, data);
        if (_linkDepth > 0) _linkLength += _text.Length - before;
        if (_text.Length > before && _text[^1] != ' ') _afterBreak = false;
    }

    // One break is a line's end; two are how old pages part paragraphs.
    private void Break()
    {
        if (_preDepth > 0) _text.Append('\n');
        else if (_afterBreak) Flush();
        else PageText.AppendCollapsed(_text, " ");
        _afterBreak = true;
    }

    private void Flush()
    {
        _afterBreak = false;
        if (_text.Length == 0) return;
        var text = _preDepth > 0 ? Listing(_text.ToString()) : _text.ToString().TrimEnd();
        if (text.Length > 0) Blocks.Add(new TextBlock(_area, text, Math.Min(_linkLength, text.Length), _isHeading));
        _text.Clear();
        _linkLength = 0;
    }

    private static string Listing(string text) =>
        string.Join('\n', text.Split('\n')
            .Select(line => string.Concat(line.TrimEnd().Select(c => char.IsControl(c) && c != '\t' ? '\ufffd' : c)))
            .Where(line => line.Length > 0));
}
