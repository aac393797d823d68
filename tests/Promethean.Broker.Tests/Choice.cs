using CsCheck;

namespace Promethean.Broker.Tests;

internal static class Choice
{
    public static Gen<string> Of(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
