namespace Promethean.Crawler;

/// <summary>Work for a text that is no longer the page's; it is dropped, for newer work is due.</summary>
internal sealed class StaleWorkException() : Exception("The page's text has changed since this work was asked for.");
