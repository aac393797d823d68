using MongoDB.Bson;
using Promethean.Mongo.Embedded.Bson;

namespace Promethean.Mongo.Embedded.Update.Operators;

/// <summary>What an update operator does to a single value ("Field Update Operators", "Array Update Operators" in the manual). Immutable.</summary>
internal abstract class FieldOperator
{
    /// <summary>Whether the fields on the way are made where they are missing; else a missing field is left alone.</summary>
    public virtual bool Creates => true;

    /// <summary>Whether the operator applies at all.</summary>
    public virtual bool IsActive(UpdateContext context) => true;

    /// <summary>
    /// Returns the new value, or <paramref name="current"/> itself if nothing changes. Null stands for a missing value in both
    /// directions. The current value must not be modified; what is returned may be shared with the update.
    /// </summary>
    public abstract BsonValue? Apply(BsonValue? current, FieldPlace place);

    /// <summary>Whether storing <paramref name="next"/> over <paramref name="current"/> would change nothing, not even a type.</summary>
    protected static bool IsSame(BsonValue? current, BsonValue next) => current is not null && BsonIdentity.AreIdentical(current, next);
}
