using System.Text;

namespace Promethean.Crawler;

/// <summary>
/// Picks the main text of a page. The root is what the markup calls main, where that holds a fair share of the prose, and
/// else the innermost area that holds most of it; of the root, menus and suspect parts with little prose are left out.
/// </summary>
internal static class MainText
{
    private const double EnoughForMain = 0.25;
    private const double EnoughForArticle = 0.5;
    private const double MostOfIt = 0.85;
    private const double MuchOfIt = 0.35;

    // Less is no text: a page of links is described by its links.
    private const int FairLength = 80;

    public static string Extract(List<TextArea> areas, List<TextBlock> blocks)
    {
        if (areas.Count == 0) return "";
        Score(areas, blocks);
        var root = FindRoot(areas);
        var kept = Keep(areas, root);
        var text = Join(blocks.Where(block => kept[block.Area] && !block.IsMenu));
        return text.Length >= FairLength ? text : Join(blocks);
    }

    private static void Score(List<TextArea> areas, List<TextBlock> blocks)
    {
        foreach (var block in blocks) areas[block.Area].Score += block.Prose;
        for (var i = areas.Count - 1; i > 0; i--)
            if (areas[i].Parent >= 0) areas[areas[i].Parent].Score += areas[i].Score;
    }

    private static int FindRoot(List<TextArea> areas)
    {
        var total = areas[0].Score;
        if ((Best(areas, AreaRole.Main, total * EnoughForMain) ?? Best(areas, AreaRole.Article, total * EnoughForArticle)) is { } named) return named;

        var root = 0;
        for (var i = 1; i < areas.Count; i++)
            if (areas[i].Parent == root && areas[i].IsSection && areas[i].Score > 0 && areas[i].Score >= MostOfIt * areas[root].Score) root = i;
        return root;
    }

    private static int? Best(List<TextArea> areas, AreaRole role, double enough)
    {
        int? best = null;
        for (var i = 0; i < areas.Count; i++)
            if (areas[i].Role == role && areas[i].Score > 0 && areas[i].Score >= enough && (best is null || areas[i].Score > areas[best.Value].Score)) best = i;
        return best;
    }

    // Parents stand before their children, so one pass decides for all.
    private static bool[] Keep(List<TextArea> areas, int root)
    {
        var kept = new bool[areas.Count];
        kept[root] = true;
        for (var i = root + 1; i < areas.Count; i++)
        {
            var area = areas[i];
            kept[i] = area.Parent >= 0 && kept[area.Parent]
                && (area.Role != AreaRole.Suspect || area.Score >= MuchOfIt * areas[root].Score);
        }
        return kept;
    }

    private static string Join(IEnumerable<TextBlock> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(block.Text);
        }
        return text.ToString();
    }
}
