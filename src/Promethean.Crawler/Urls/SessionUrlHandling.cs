namespace Promethean.Crawler;

/// <summary>What to do with URLs that carry a visitor's session or a secret.</summary>
public enum SessionUrlHandling
{
    /// <summary>Do not visit them: the session is somebody's, and each visit mints another.</summary>
    Refuse,

    /// <summary>Visit them, but count all sessions of one page as one page.</summary>
    Collapse,
}
