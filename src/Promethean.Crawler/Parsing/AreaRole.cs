namespace Promethean.Crawler;

/// <summary>What the markup of an area says it is.</summary>
internal enum AreaRole
{
    /// <summary>Nothing in particular.</summary>
    Neutral,

    /// <summary>The main content of the page.</summary>
    Main,

    /// <summary>A self-contained piece.</summary>
    Article,

    /// <summary>By its name, a menu, footer, or the like; believed only where it holds little of the page's prose.</summary>
    Suspect,
}
