using System.Runtime.CompilerServices;
using Promethean.JsonSchema.Numbers;

namespace Promethean.JsonSchema.Instances;

/// <summary>A hash that equal values share; seeded anew in every process, so that strangers cannot choose values that collide.</summary>
/// <exception cref="InsufficientExecutionStackException">Values are nested deeper than what is left of the stack allows.</exception>
internal static class DeepHash
{
    public static int Of(Instance instance, int at)
    {
        var hash = new HashCode();
        ref readonly var slot = ref instance.Slots[at];
        hash.Add((int)slot.Kind);
        if (slot.Kind is TokenKind.Array or TokenKind.Object) RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (slot.Kind)
        {
            case TokenKind.String:
                hash.AddBytes(instance.Text(at));
                break;
            case TokenKind.Number:
                DecimalText.Read(instance.Text(at)).AddTo(ref hash);
                break;
            case TokenKind.Array:
                for (var item = at + 1; item < slot.End; item = instance.Slots[item].End) hash.Add(Of(instance, item));
                break;
            case TokenKind.Object:
                var sum = 0;
                for (var name = at + 1; name < slot.End; name = instance.Slots[name + 1].End)
                {
                    if (!instance.Slots[name].Shadowed) sum = unchecked(sum + HashCode.Combine(Of(instance, name), Of(instance, name + 1)));
                }

                hash.Add(sum);
                break;
            default:
                break;
        }

        return hash.ToHashCode();
    }
}
