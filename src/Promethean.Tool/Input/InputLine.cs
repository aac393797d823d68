namespace Promethean.Tool;

/// <summary>A line of the input, without its end.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Text">UTF-8, as it came.</param>
internal sealed record InputLine(long Number, ReadOnlyMemory<byte> Text);
