namespace Promethean.Broker;

/// <summary>Whose handler runs here, so that a handler may dispose what it belongs to without waiting for itself.</summary>
internal static class CurrentHandler
{
    private static readonly AsyncLocal<object?> Owner = new();

    public static void BelongsTo(object owner) => Owner.Value = owner;

    public static bool IsOf(object owner) => ReferenceEquals(Owner.Value, owner);
}
