using System.Text;

namespace Promethean.JsonSchema.Instances;

/// <summary>The JSON pointer (RFC 6901) of a slot, found from the top when an error needs it.</summary>
internal static class InstanceLocation
{
    public static string Of(Instance instance, int target)
    {
        var pointer = new StringBuilder();
        for (var at = 0; at != target;)
        {
            var isObject = instance.Slots[at].Kind == TokenKind.Object;
            var child = at + 1;
            for (var index = 0; ; index++)
            {
                var value = isObject ? child + 1 : child;
                var end = instance.Slots[value].End;
                if (target < end)
                {
                    pointer.Append('/').Append(isObject ? Escape(Encoding.UTF8.GetString(instance.Text(child))) : index.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    at = target == child ? target : value;
                    break;
                }

                child = end;
            }
        }

        return pointer.ToString();
    }

    public static string Escape(string segment) =>
        segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
