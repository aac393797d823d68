namespace Promethean.Crawler;

/// <summary>The passes a page goes through, as its <c>work.stage</c> names the next one.</summary>
internal static class PassStage
{
    public const string Summary = "summary";

    public const string Tags = "tags";

    public const string Index = "index";
}
