namespace Promethean.Crawler;

/// <summary>A model answered, but not with what was asked for.</summary>
internal sealed class PassOutputException(string message) : Exception(message);
