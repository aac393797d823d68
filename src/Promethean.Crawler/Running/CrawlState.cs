namespace Promethean.Crawler;

/// <summary>What a crawler is doing.</summary>
public enum CrawlState
{
    /// <summary>No run has begun, or the last one is over.</summary>
    Idle,

    /// <summary>Opening the stores and mending what a crash left apart.</summary>
    Starting,

    /// <summary>Fetching pages; passes run beside it.</summary>
    Crawling,

    /// <summary>No fetch begins until the crawler is resumed; passes go on.</summary>
    Paused,

    /// <summary>Everything is fetched; the models' passes go on.</summary>
    Finishing,
}
